import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StoredTensor } from '../src/checkpoints/checkpoint.ts';
import { readTensor } from '../src/checkpoints/formats/tensor-values.ts';
import { openCheckpoint } from '../src/checkpoints/open.ts';
import { makeCheckpoint } from './make-checkpoint.ts';

let parent = '';
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'make-checkpoint-'));
});
afterAll(() => rm(parent, { recursive: true }));

async function make(name: string, ...argv: string[]) {
  const folder = join(parent, name);
  await makeCheckpoint([...argv, '--out', folder]);
  return openCheckpoint(folder);
}

it('writes checkpoints that open, in every layout', async () => {
  const gpt2 = await make('a', '--shape', 'gpt2-tiny');
  expect(gpt2.options.family).toBe('autoregressive');
  const diffugpt = await make('b', '--shape', 'gpt2-tiny', '--layout', 'diffugpt');
  expect(diffugpt.options).toEqual({ family: 'diffusion', maskId: 511, shift: true });
  const llama = await make(
    'c',
    '--shape',
    'llama-tiny',
    '--layout',
    'diffullama',
    '--mask-id',
    '7',
    '--vocab-rows',
    '90',
  );
  expect(llama.architecture).toMatchObject({ kind: 'llama', vocabularyRows: 90, tiedHead: false });
  expect(llama.options.maskId).toBe(7);
});

it('draws the same weights for the same seed in every layout, and others for another', async () => {
  const digest = async (...argv: string[]) => (await make('d', '--shape', 'gpt2-tiny', ...argv)).digest();
  const zero = await digest();
  expect(await digest('--layout', 'diffugpt')).toBe(zero);
  expect(await digest('--seed', '1')).not.toBe(zero);
});

it('draws normal numbers of the published deviation', async () => {
  const { tensors } = await make('e', '--shape', 'gpt2-tiny', '--vocab-rows', '4000');
  const values = await readTensor(tensors.get('wte.weight') as StoredTensor); // 256,000 draws
  const moment = (power: number) => values.reduce((sum, value) => sum + (value / 0.02) ** power, 0) / values.length;
  // Bounds are five standard errors: the k-th sample moment of N(0, 1) has variance (E x^2k − (E x^k)²) / n.
  const error = (variance: number) => 5 * Math.sqrt(variance / values.length);
  expect(Math.abs(moment(1))).toBeLessThan(error(1));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(error(2));
  expect(Math.abs(moment(3))).toBeLessThan(error(15));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(error(96));
  const norm = await readTensor(tensors.get('h.1.ln_2.weight') as StoredTensor);
  expect(norm.every((value) => value === 1)).toBe(true);
});

it('copies the weights of another checkpoint byte for byte', async () => {
  const original = await make('f', '--shape', 'gpt2-tiny', '--seed', '5');
  const copy = await make('g', '--same-weights-as', original.folder, '--layout', 'diffugpt', '--mask-id', '3');
  expect(copy.tensors.get('wte.weight')?.publishedName).toBe('embed_tokens.weight');
  expect(copy.options).toEqual({ family: 'diffusion', maskId: 3, shift: true });
  expect(await copy.digest()).toBe(await original.digest());
});

it('copies tokenizer files where it is told to', async () => {
  await writeFile(join(parent, 'tokenizer.json'), '{"version":"1.0"}');
  const { folder } = await make('h', '--shape', 'gpt2-tiny', '--tokenizer', parent);
  expect(await readFile(join(folder, 'tokenizer.json'), 'utf8')).toBe('{"version":"1.0"}');
  await expect(make('i', '--shape', 'gpt2-tiny', '--tokenizer', folder + folder)).rejects.toThrow(
    /none of tokenizer.json/,
  );
});

it.each([
  [[], /expected --shape or --same-weights-as/],
  [['--shape', 'gpt2-tiny', '--layout', 'llama'], /--layout llama is not a layout of a gpt2 network/],
  [['--shape', 'gpt2-tiny', '--layout', 'diffugpt', '--mask-id', '512'], /--mask-id 512 is no token/],
  [['--shape', 'gpt2-tiny', '--vocab-rows', '0'], /--vocab-rows: expected a whole number of at least 1/],
])('refuses flags that contradict each other: %j', async (argv, message) => {
  await expect(make('j', ...argv)).rejects.toThrow(message);
});
