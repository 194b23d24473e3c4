/** Runs of networks made to denoise, with random weights: which bound their tables name, and which sampler wrote their texts. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/api.ts';
import type { Architecture } from '../../src/architectures/architecture.ts';
import type { Bd3lmArchitecture } from '../../src/architectures/bd3lm.ts';
import type { MdlmArchitecture } from '../../src/architectures/mdlm.ts';
import type { SeddArchitecture } from '../../src/architectures/sedd.ts';
import { writeCheckpoint } from '../../src/checkpoints/write-checkpoint.ts';
import { stream } from '../../src/core/numbers/random.ts';

const TOKENIZER = 'models/random-gpt2';
const SIZES = {
  layers: 1,
  width: 16,
  innerWidth: 64,
  heads: 2,
  conditionWidth: 8,
  contextLength: 512,
  vocabularyRows: 513,
  tiedHead: false,
} as const;
const NETS = {
  sedd: {
    kind: 'sedd',
    ...SIZES,
    tokens: 512,
    graph: 'absorb',
    noise: { type: 'loglinear', least: 1e-4, most: 20 },
    sampler: 'analytic',
    scaledBySigma: true,
  } satisfies SeddArchitecture,
  mdlm: { kind: 'mdlm', ...SIZES, readsNoise: false } satisfies MdlmArchitecture,
  'mdlm-told': { kind: 'mdlm', ...SIZES, readsNoise: true } satisfies MdlmArchitecture,
  bd3lm: { kind: 'bd3lm', ...SIZES, blockLength: 8 } satisfies Bd3lmArchitecture,
} as const;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denoising-networks-'));
  for (const [name, architecture] of Object.entries(NETS)) await write(name, architecture);
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, architecture: Architecture): Promise<void> {
  const into = join(folder, name);
  const values = (weight: string, shape: readonly number[]) => {
    const random = stream(0, 'weights', weight);
    const size = shape.reduce((product, side) => product * side, 1);
    return [Float32Array.from({ length: size }, (_, i) => random.uniform(i) - 0.5)];
  };
  await writeCheckpoint(into, { architecture, layout: 'plain', bench: {}, dtype: () => 'F32', values });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) await cp(join(TOKENIZER, file), join(into, file));
}

const settings = (name: string) => ({
  ...{ models: [join(folder, name)], fixtures: true, limit: 3, passes: 15, steps: [4] },
  out: join(folder, 'runs', name),
});

describe('runs of networks made to denoise', () => {
  it.each([
    ['sedd', 'told-cross-entropies/1'],
    ['mdlm', 'masked-cross-entropies/2'],
    ['mdlm-told', 'told-cross-entropies/1'],
    ['bd3lm', 'block-cross-entropies/1'],
  ])('%s is weighed by %s', async (name, estimator) => {
    const runs = await run({ ...settings(name), tasks: ['piqa', 'lambada'] });
    for (const { manifest, estimates, complete } of runs) {
      expect(manifest.settings).toMatchObject({ estimator, shift: false, openFraction: 1 });
      expect(manifest.model).toMatchObject({ family: 'diffusion', maskId: 512 });
      expect(complete).toBe(true);
      expect((estimates.acc ?? Object.values(estimates)[0])?.n).toBe(3);
    }
    expect(runs).toHaveLength(2);
  });

  it.each([
    ['sedd', 'analytic/1'],
    ['mdlm', 'ddpm-cache/1'],
    ['bd3lm', 'ddpm-cache/1'],
  ])('%s writes drawn text by %s, the same whatever is written beside it', async (name, estimator) => {
    const drawn = { ...settings(name), tasks: ['lambada-decoding'], protocol: 'paper', draws: 2 } as const;
    const [all] = await run(drawn);
    expect(all?.manifest.settings).toMatchObject({ estimator, draws: 2 });
    const [one] = await run({ ...drawn, limit: 1 });
    const { response } = all?.records.find(({ id }) => id === one?.records[0]?.id) ?? {};
    expect(response).toMatchObject({ kind: 'written' });
    expect(one?.records[0]?.response).toEqual(response);
  });

  it('the likeliest tokens are written by confidence', async () => {
    const [canonical] = await run({ ...settings('sedd'), tasks: ['lambada-decoding'] });
    expect(canonical?.manifest.settings.estimator).toBe('denoising/2');
  });

  it('the published score masks whole answers, which networks with blocks do not', async () => {
    const paper = run({ ...settings('bd3lm'), tasks: ['piqa'], protocol: 'paper' });
    await expect(paper).rejects.toThrow('this model denoises blocks of 8 tokens');
  });
});
