import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Layout } from '../architectures/architecture.ts';
import type { Gpt2Architecture } from '../architectures/gpt2.ts';
import { openCheckpoint } from './open.ts';
import { writeCheckpoint } from './write-checkpoint.ts';

const MINIATURE: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 2,
  width: 4,
  heads: 2,
  innerWidth: 16,
  contextLength: 8,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 10,
  tiedHead: true,
};

let parent = '';
let folder = '';
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});
beforeEach(async () => {
  folder = await mkdtemp(join(parent, 'one-'));
});
afterAll(() => rm(parent, { recursive: true }));

const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((product, side) => product * side, 1));

function write(into: string, layout: Layout, architecture = MINIATURE, bench: object = {}): Promise<void> {
  return writeCheckpoint(into, {
    architecture,
    layout,
    bench,
    dtype: () => 'F32',
    values: (_, shape) => [zeros(shape)],
  });
}

describe('how a model answers', () => {
  it('is diffusion for a wrapped network, which then needs a mask id', async () => {
    await write(folder, 'wrapper');
    await expect(openCheckpoint(folder)).rejects.toMatchObject({
      code: 'bad-arguments',
      hint: expect.stringContaining('--mask-id N'),
    });
    const { options } = await openCheckpoint(folder, { maskId: 9 });
    expect(options).toEqual({ family: 'diffusion', maskId: 9, shift: true });
  });

  it('comes from flags, then bench.json, then the catalog', async () => {
    await write(folder, 'plain', MINIATURE, { maskId: 2, shift: false });
    const catalog = { family: 'diffusion', maskId: 1, shift: true } as const;
    expect((await openCheckpoint(folder, {}, { catalog })).options).toEqual({
      family: 'diffusion',
      maskId: 2,
      shift: false,
    });
    const typed = { maskId: 3, shift: null };
    expect((await openCheckpoint(folder, typed, { catalog })).options).toEqual({
      family: 'diffusion',
      maskId: 3,
      shift: false,
    });
    const { options } = await openCheckpoint(folder, { family: 'autoregressive' }, { catalog });
    expect(options).toEqual({ family: 'autoregressive', maskId: null, shift: true });
  });

  it('is told where a config names a mask and nothing names the family', async () => {
    await write(folder, 'plain');
    const file = join(folder, 'config.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), mask_token_id: 7 }));
    const { notes } = await openCheckpoint(folder);
    expect(notes).toEqual([expect.stringContaining('--family diffusion --mask-id 7 reads it otherwise')]);
    for (const options of [{ family: 'autoregressive' }, { family: 'diffusion', maskId: 7 }] as const) {
      expect((await openCheckpoint(folder, options)).notes).toEqual([]);
    }
  });

  it('never takes a mask id beyond the vocabulary, nor one for an autoregressive model', async () => {
    await write(folder, 'plain', MINIATURE, {});
    const diffusion = { family: 'diffusion' } as const;
    for (const maskId of [10, -1, 1.5]) {
      await expect(openCheckpoint(folder, { ...diffusion, maskId })).rejects.toThrow(
        `mask id ${maskId} (flag) is no token`,
      );
    }
    expect((await openCheckpoint(folder, { ...diffusion, maskId: 0 })).options.maskId).toBe(0);
    await expect(openCheckpoint(folder, { maskId: 1 })).rejects.toMatchObject({
      hint: expect.stringContaining('--family'),
    });
    const catalog = { ...diffusion, maskId: 811 };
    await expect(openCheckpoint(folder, {}, { catalog })).rejects.toMatchObject({
      hint: expect.stringContaining('files of another model'),
    });
    await writeFile(join(folder, 'bench.json'), '{"family": "diffusion", "maskId": 10}');
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ code: 'bad-checkpoint' });
  });

  it('is refused where bench.json has an unknown key or a wrong value', async () => {
    await write(folder, 'plain');
    await writeFile(join(folder, 'bench.json'), '{"maskID": 3}');
    await expect(openCheckpoint(folder)).rejects.toMatchObject({
      message: expect.stringContaining('bench.json: unknown key "maskID"'),
      hint: expect.stringContaining('did you mean "maskId"?'),
    });
    await writeFile(join(folder, 'bench.json'), '{"family": "gpt"}');
    await expect(openCheckpoint(folder)).rejects.toThrow(/bench.json: key "family"/);
    await writeFile(join(folder, 'bench.json'), '[]');
    await expect(openCheckpoint(folder)).rejects.toThrow(/bench.json: /);
  });
});
