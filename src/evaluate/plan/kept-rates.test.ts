import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepRate, keptElsewhere, keptRate } from './kept-rates.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-rates-'));
});
afterEach(() => rm(folder, { recursive: true }));

type Run = Parameters<typeof keptRate>[1];
const run = (model: object = {}, settings: object = {}): Run =>
  ({
    model: { engine: 'onnx 1', dtype: 'float32', weightsDigest: 'd', ...model },
    settings: { protocol: 'canonical', estimator: 'e/1', ...settings },
    task: { name: 'piqa' },
  }) as unknown as Run;
const MEASURED = { flops: 6e11, size: 3000, seconds: 60 };

it('gives back the rate of the last run alike, and of no other', async () => {
  expect(await keptRate(folder, run(), 2)).toBeNull();
  await keepRate(folder, run(), 2, { ...MEASURED, seconds: 30 });
  await keepRate(folder, run(), 2, MEASURED);
  expect(await keptRate(folder, run(), 2)).toEqual({
    ...{ device: 'cpu', flopsPerSecond: 1e10, secondsPerCharacter: 0.02, seconds: 60 },
  });
  for (const other of [run({ dtype: 'int8' }), run({ device: 'webgpu' }), run({}, { estimator: 'e/2' })]) {
    expect(await keptRate(folder, other, 2)).toBeNull();
  }
  expect(await keptRate(folder, run(), 1)).toBeNull();
});

it('knows how fast the same was on other devices', async () => {
  await keepRate(folder, run(), null, MEASURED);
  await keepRate(folder, run({ device: 'webgpu', engine: 'onnx 1' }), null, { ...MEASURED, seconds: 20 });
  const elsewhere = await keptElsewhere(folder, run());
  expect(elsewhere).toMatchObject([{ device: 'webgpu', flopsPerSecond: 3e10 }]);
});

it('keeps nothing of short runs, and measures again where the file is damaged or cannot be written', async () => {
  await keepRate(folder, run(), 2, { ...MEASURED, seconds: 5 });
  expect(await keptRate(folder, run(), 2)).toBeNull();
  await writeFile(join(folder, 'rates.json'), '{"format":"bench-rates/1","rates":{"x":1}}');
  expect(await keptRate(folder, run(), 2)).toBeNull();
  await keepRate(join(folder, 'rates.json'), run(), 2, MEASURED); // a file is in the way
});
