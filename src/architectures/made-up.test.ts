/**
 * An architecture from outside is one value: here one with what none of ours has. Its last layer sees two tokens back only, it
 * reads the level of a sequence, its names are others, and it cannot be read left to right.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openCheckpoint } from '../checkpoints/open.ts';
import { writeCheckpoint } from '../checkpoints/write-checkpoint.ts';
import { referenceEngine } from '../engines/reference.ts';
import { packSequences } from '../lm/forward/forward.ts';
import { countingPositions } from '../lm/forward/sequence.ts';
import { logitsProgram } from '../programs/readout.ts';
import { vocabularyLogits } from '../tensor/layers.ts';
import type { Architecture, ArchitectureKind } from './architecture.ts';
import { CLOSED } from './attention-bias.ts';
import { registerArchitecture } from './index.ts';

interface Echo extends Architecture {
  readonly kind: 'echo';
  readonly reach: number;
}

const echo: ArchitectureKind<Echo, 'level' | 'localBias', { readonly size: number; readonly reach: number }> = {
  kind: 'echo',
  causal: false,
  names: { embedding: 'look.up', head: 'say.it', prefix: 'net.core.', pattern: /^look\.up$/, buffer: /^table$/ },
  linears: 'in-out',
  published: { temperature: 1, confidenceTemperature: 1, cleansUp: false },
  configSchema: z.object({ size: z.int(), reach: z.int() }),
  configuration: ({ size, reach }) => {
    return {
      kind: 'echo',
      layers: 1,
      width: size,
      innerWidth: size,
      contextLength: 8,
      tieWordEmbeddings: false,
      reach,
    };
  },
  configJson: ({ width, reach }) => ({ model_type: 'echo', size: width, reach }),
  body: () => [],
  heads: ({ width }) => ({ heads: 1, keyValueHeads: 1, headWidth: width }),
  inputs: () => ({
    level: { dtype: 'float32', dims: ['N', 1] },
    localBias: { dtype: 'float32', dims: ['B', 1, 'L', 'L'] },
  }),
  feeds: ({ reach }, { ids, positions, slots, bias }) => {
    const [, length = 0] = slots.dims;
    const positionOf = (slot: number): number => positions.data[slots.data[slot] as number] as number;
    const local = bias.data.map((open, entry) => {
      const query = Math.floor(entry / length);
      const key = Math.floor(query / length) * length + (entry % length);
      return positionOf(query) - positionOf(key) > reach ? CLOSED : open;
    });
    return {
      level: { dims: [ids.data.length, 1], data: new Float32Array(ids.data.length).fill(2) },
      localBias: { dims: bias.dims, data: local as Float32Array },
    };
  },
  logits: (ops, _net, inputs, { attend, temperature, logitBias }) => {
    const x = ops.mul(ops.gather(ops.weight('look.up'), inputs.ids), inputs.level); // [N, C]
    const slotted = ops.gather(x, inputs.slots); // [B, L, C]
    const mixed = attend(0, ops.mul(slotted, ops.scalar(0)), slotted, slotted, { bias: inputs.localBias });
    const read = ops.gather(ops.gather(ops.flatten(mixed), inputs.homes), inputs.rows); // [R, C]
    return vocabularyLogits(ops, read, ops.weight('say.it'), temperature, logitBias);
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'echo-'));
  registerArchitecture(echo);
});
afterAll(() => rm(folder, { recursive: true }));

it('is opened, fed and computed like ours', async () => {
  const { tieWordEmbeddings: tiedHead, ...facts } = echo.configuration({ size: 2, reach: 2 }, 'config.json');
  const architecture: Echo = { ...facts, vocabularyRows: 4, tiedHead };
  const table = Float32Array.of(1, 0, 0, 1, 1, 1, 2, 0);
  await writeCheckpoint(folder, {
    architecture,
    layout: 'plain',
    bench: { maskId: 3 },
    dtype: () => 'F32',
    values: () => [table],
  });
  const checkpoint = await openCheckpoint(folder);
  expect(checkpoint).toMatchObject({ architecture, options: { family: 'diffusion', maskId: 3, shift: false } });
  expect(checkpoint.tensors.get('look.up')?.publishedName).toBe('net.core.look.up');
  await expect(openCheckpoint(folder, { family: 'autoregressive' })).rejects.toMatchObject({ code: 'bad-arguments' });

  const executable = await referenceEngine().compile(logitsProgram(architecture), checkpoint.tensors);
  const sequence = {
    ids: Int32Array.of(3, 0, 1, 2),
    positions: countingPositions(4),
    attention: { kind: 'causal' as const },
    reads: [{ row: 3, target: 0 }],
  };
  const { logits } = await executable.run(packSequences(architecture, [sequence]));
  // Equal queries: the mean of tokens 0, 1 and 2 at twice their rows, (4/3, 4/3), against each row; token 3 is out of reach.
  const expected = [4 / 3, 4 / 3, 8 / 3, 8 / 3];
  for (const [token, value] of expected.entries()) expect(logits.data[token]).toBeCloseTo(value, 6);
});

it('has a name of its own', () => {
  expect(() => registerArchitecture(echo)).toThrow(RangeError);
});
