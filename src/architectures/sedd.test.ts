import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { score } from '../api.ts';
import { openCheckpoint } from '../checkpoints/open.ts';
import { writeCheckpoint } from '../checkpoints/write-checkpoint.ts';
import { openModelFiles } from '../evaluate/open-parts.ts';
import { ownDiffusion } from './index.ts';
import type { SeddArchitecture } from './sedd.ts';

const SEDD: SeddArchitecture = {
  kind: 'sedd',
  layers: 1,
  width: 8,
  innerWidth: 32,
  heads: 2,
  conditionWidth: 4,
  contextLength: 16,
  tokens: 10,
  graph: 'absorb',
  noise: { type: 'loglinear', least: 1e-4, most: 20 },
  sampler: 'euler',
  scaledBySigma: true,
  vocabularyRows: 11,
  tiedHead: false,
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sedd-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, architecture: SeddArchitecture): Promise<string> {
  const into = join(folder, name);
  const values = (_: string, shape: readonly number[]) => [
    new Float32Array(shape.reduce((product, side) => product * side, 1)),
  ];
  await writeCheckpoint(into, { architecture, layout: 'plain', bench: {}, dtype: () => 'F32', values });
  return into;
}

describe('SEDD', () => {
  it('is read from a Hydra configuration without model_type, its mask the last row', async () => {
    const checkpoint = await openCheckpoint(await written('absorb', SEDD));
    expect(checkpoint.architecture).toEqual(SEDD);
    expect(checkpoint.options).toEqual({ family: 'diffusion', maskId: 10, shift: false });
    expect(ownDiffusion(checkpoint.architecture)?.samplers).toEqual(['euler', 'analytic']);
  });

  it('has σ = σ_min^(1−t) σ_max^t where its files say so', async () => {
    const noise = { type: 'geometric', least: 1e-3, most: 20 } as const;
    const { architecture } = await openCheckpoint(await written('geometric', { ...SEDD, noise }));
    expect(ownDiffusion(architecture)?.schedule.total(0.5)).toBeCloseTo(Math.sqrt(0.02), 12);
  });

  it('is refused where table and configuration disagree on the tokens', async () => {
    const opened = openCheckpoint(await written('rows', { ...SEDD, vocabularyRows: 12 }));
    await expect(opened).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: 'config.json: tokens 10 with graph.type "absorb" makes 11 rows; the embedding has 12',
    });
  });

  it('names the tokenizer that its folders lack', async () => {
    const overrides = { family: null, maskId: null, shift: null, tokenizer: null };
    const opened = openModelFiles(await written('wordless', SEDD), overrides as Parameters<typeof openModelFiles>[1]);
    await expect(opened).rejects.toMatchObject({
      code: 'missing-tokenizer',
      hint: expect.stringContaining(
        'use the tokenizer of GPT-2 and bring none: name a folder that has it with --tokenizer',
      ),
    });
  });
});

describe('SEDD with uniform noise', () => {
  const UNIFORM: SeddArchitecture = { ...SEDD, graph: 'uniform', scaledBySigma: false, vocabularyRows: 10 };

  it('is a diffusion model without a mask', async () => {
    const { options } = await openCheckpoint(await written('uniform', UNIFORM));
    expect(options).toEqual({ family: 'diffusion', maskId: null, shift: false });
    const said = openCheckpoint(join(folder, 'uniform'), { maskId: 3 });
    await expect(said).rejects.toMatchObject({
      code: 'bad-arguments',
      message: expect.stringMatching(/mask id 3 \(flag\), but its diffusion masks nothing$/),
    });
  });

  it.each([
    [{ kind: 'masked', ids: [1, 2], mask: [1], sigma: 1 }, 'masked'],
    [{ kind: 'denoising', ids: [1, 2], scored: [1] }, 'denoising'],
    [{ kind: 'infill', ids: [1, 2], mask: [1] }, 'infill'],
  ] as const)('is refused what needs one, in one sentence: %o', async (request, kind) => {
    const [answer] = await score([{ id: 1, ...request }], { model: await written('uniform', UNIFORM) });
    expect(answer).toEqual({
      id: 1,
      error: `${kind} needs a model with a mask token, and the diffusion of this one has none: its noise exchanges tokens for others`,
    });
  });
});
