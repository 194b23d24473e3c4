import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpt2Architecture } from '../../architectures/gpt2.ts';
import { readTensor } from '../../checkpoints/formats/tensor-values.ts';
import { openCheckpoint } from '../../checkpoints/open.ts';
import { writeCheckpoint } from '../../checkpoints/write-checkpoint.ts';
import { convertModel } from './convert-model.ts';

const NET: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 1,
  width: 2,
  heads: 1,
  innerWidth: 8,
  contextLength: 4,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 6,
  tiedHead: true,
};

let parent = '';
let folder = '';
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'convert-'));
  folder = join(parent, 'model');
  await writeCheckpoint(folder, {
    architecture: NET,
    layout: 'wrapper',
    bench: { family: 'diffusion', maskId: 5, shift: false },
    dtype: () => 'F32',
    // 2049 is the first whole number that float16 cannot hold.
    values: (_, shape) => [Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 2049 + i)],
  });
  await writeFile(join(folder, 'tokenizer.json'), '{"model":{}}');
  await writeFile(join(folder, 'generation_config.json'), '{"eos_token_id":3}');
});
afterAll(() => rm(parent, { recursive: true }));

it('writes the same weights in float32, with all that says how the model answers', async () => {
  const checkpoint = await openCheckpoint(folder);
  const { digest, origin } = await convertModel(checkpoint, join(parent, 'same'), 'float32');
  expect(digest).toBe(origin);
  const again = await openCheckpoint(join(parent, 'same'));
  expect(again).toMatchObject({ architecture: NET, options: checkpoint.options, endIds: [3] });
  expect(await readFile(join(parent, 'same', 'tokenizer.json'), 'utf8')).toBe('{"model":{}}');
});

it('rounds to nearest in 16 bits, and says so in a card with origin and digests', async () => {
  const checkpoint = await openCheckpoint(folder);
  const { digest, origin } = await convertModel(checkpoint, join(parent, 'half'), 'float16');
  expect(digest).not.toBe(origin);
  const again = await openCheckpoint(join(parent, 'half'));
  const bias = again.tensors.get('ln_f.bias');
  expect(bias && [...(await readTensor(bias))]).toEqual([2048, 2050]);
  const card = await readFile(join(parent, 'half', 'README.md'), 'utf8');
  for (const part of [folder, 'model.safetensors', digest, origin, 'in float16, rounded']) expect(card).toContain(part);
  expect(card).toContain(`these weights, SHA-256: \`${await again.digest()}\``);
});

it('refuses a folder that holds something, and values that a dtype cannot hold', async () => {
  const checkpoint = await openCheckpoint(folder);
  await mkdir(join(parent, 'full'));
  await writeFile(join(parent, 'full', 'notes'), '');
  await expect(convertModel(checkpoint, join(parent, 'full'), 'float32')).rejects.toMatchObject({
    code: 'bad-arguments',
    message: expect.stringContaining('found 1 file in'),
  });
  const large = join(parent, 'large');
  await writeCheckpoint(large, {
    architecture: NET,
    layout: 'plain',
    bench: {},
    dtype: () => 'F32',
    values: (_, shape) => [new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(70_000)],
  });
  const attempt = convertModel(await openCheckpoint(large), join(parent, 'never'), 'float16');
  await expect(attempt).rejects.toThrow('tensor "transformer.wte.weight" has value 70000, which float16 cannot hold');
});
