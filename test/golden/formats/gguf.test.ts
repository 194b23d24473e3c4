/** Every GGUF file of golden-formats: all block types, whole models, tokenizers, and what must be refused. */
import { readdirSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedValues } from '../../../src/checkpoints/formats/decode-tensor.ts';
import { gguf } from '../../../src/checkpoints/formats/gguf/gguf.ts';
import { readGgufHeader } from '../../../src/checkpoints/formats/gguf/read-header.ts';
import { openCheckpoint } from '../../../src/checkpoints/open.ts';
import {
  at,
  ENGINES,
  expectRefusal,
  type GoldenForward,
  type Refusal,
  readGolden,
  SKIPPED,
  sha256OfFloat32,
  shared,
  worstDifference,
} from './golden-formats.ts';

interface GoldenGguf {
  readonly forward: readonly GoldenForward[];
  readonly tensors: readonly {
    readonly name: string;
    readonly type: string;
    readonly ne: readonly number[];
    readonly absolute_offset: number;
    readonly bytes: number;
    readonly sha256_of_float32: string;
  }[];
}

const NAMES =
  shared === null
    ? []
    : readdirSync(at('gguf'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !['refuse', 'blocks'].includes(entry.name))
        .map(({ name }) => name);
const fileOf = (name: string): string => at('gguf', name, `${name}.gguf`);

async function expectTensors(name: string): Promise<void> {
  const golden = readGolden<GoldenGguf>('gguf', name, 'golden.json');
  const { tensors } = await readGgufHeader(fileOf(name));
  expect(tensors.map((tensor) => tensor.name)).toEqual(golden.tensors.map((tensor) => tensor.name));
  for (const [i, tensor] of tensors.entries()) {
    const want = golden.tensors[i];
    expect(tensor.shape.toReversed()).toEqual(want?.ne);
    expect(tensor).toMatchObject({ dtype: want?.type, offset: want?.absolute_offset, byteLength: want?.bytes });
    expect(sha256OfFloat32(await publishedValues(tensor)), tensor.name).toBe(want?.sha256_of_float32);
  }
}

describe.skipIf(shared === null)(`golden GGUF files (${SKIPPED})`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gguf-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('blocks of arbitrary bits decode to the values of ggml', () => expectTensors('blocks'));

  describe.each(NAMES)('%s', (name) => {
    it('decodes to the given values', () => expectTensors(name));

    it.each(ENGINES)('gives the log-probabilities on $name', async ({ make, tolerance }) => {
      const { forward } = readGolden<GoldenGguf>('gguf', name, 'golden.json');
      const checkpoint = await openCheckpoint(fileOf(name));
      expect(await worstDifference(await make(), checkpoint, forward)).toBeLessThan(tolerance);
    });
  });

  it('a folder with one file is that model; with several, they are named', async () => {
    await cp(fileOf('llama-q4_0'), join(folder, 'a.gguf'));
    const alone = await openCheckpoint(folder);
    expect(await alone.digest()).toBe(await (await openCheckpoint(fileOf('llama-q4_0'))).digest());
    await cp(fileOf('llama-q8_0-align'), join(folder, 'b.gguf'));
    await expectRefusal(openCheckpoint(folder), ['a.gguf, b.gguf']);
    expect((await openCheckpoint(join(folder, 'b.gguf'))).architecture.kind).toBe('llama');
  });

  it('a file that says nothing of diffusion is read as autoregressive, with a note; flags read it otherwise', async () => {
    const causal = await openCheckpoint(fileOf('llama-f32'));
    expect(causal.options).toEqual({ family: 'autoregressive', maskId: null, shift: true });
    expect(causal.notes).toEqual([expect.stringContaining('--family diffusion')]);
    const diffusion = await openCheckpoint(fileOf('llama-f32'), { family: 'diffusion', maskId: 3 });
    expect(diffusion.options).toEqual({ family: 'diffusion', maskId: 3, shift: true });
    expect(diffusion.notes).toEqual([]);
  });

  it('end of text comes from the metadata', async () => {
    expect((await openCheckpoint(fileOf('llama-f32'))).endIds).toEqual([2]);
  });

  it('the file from which those to refuse were made is read', async () => {
    const [tensor] = (await readGgufHeader(at('gguf', 'refuse', 'ok.gguf'))).tensors;
    expect(tensor && [...(await publishedValues(tensor))]).toEqual(Array.from({ length: 64 }, (_, i) => i));
  });

  const { refuse } =
    shared === null ? { refuse: [] } : readGolden<{ refuse: Refusal[] }>('gguf', 'refuse', 'golden.json');
  it.each(refuse)('refused: $why', async ({ file, message_should_name }) => {
    await expectRefusal(gguf.readFile(at('gguf', 'refuse', file as string)), message_should_name);
  });
});
