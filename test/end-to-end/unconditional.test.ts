/** `bench unconditional` and `bench speed` on the built-in checkpoints. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registerEngine } from '../../src/engines/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { measureSpeed } from '../../src/evaluate/speed/measure-speed.ts';
import { SPEED_OPTIONS } from '../../src/evaluate/speed/options.ts';
import { UNCONDITIONAL_OPTIONS, type UnconditionalOptions } from '../../src/evaluate/unconditional/options.ts';
import { writeFrontier } from '../../src/evaluate/unconditional/write-frontier.ts';
import { presetsOf } from '../../src/options/option.ts';
import { frontierTable } from '../../src/report/frontier/document.ts';
import { frontierPage } from '../../src/report/frontier/page.ts';
import { speedTable } from '../../src/report/speed/document.ts';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'texts-'));
});
afterAll(() => rm(out, { recursive: true }));

const options = (given: Partial<UnconditionalOptions>): UnconditionalOptions => ({
  ...presetsOf(UNCONDITIONAL_OPTIONS),
  ...{ models: ['tiny-gpt2', 'tiny-diffugpt'], judge: 'tiny-gpt2', length: 16, samples: 4, steps: [2, 15], out },
  ...given,
});

it('writes texts of both families, judges them, and computes nothing twice', async () => {
  const first = await writeFrontier(options({}));
  expect(first.points.map(({ model, steps, nfe }) => [model, steps, nfe])).toEqual([
    ['tiny-gpt2', null, 15],
    ['tiny-diffugpt', 2, 2],
    ['tiny-diffugpt', 15, 15],
  ]);
  for (const { judged, distinct1, entropy } of first.points) {
    expect(judged).toMatchObject({ judge: 'tiny-gpt2', cut: 0 });
    expect(judged?.perplexity.value).toBeGreaterThan(1);
    expect(distinct1.high).toBeLessThanOrEqual(1);
    expect(entropy.value).toBeLessThanOrEqual(Math.log(15));
  }
  expect(await writeFrontier(options({}))).toEqual(first);
  expect(frontierTable(first)).toContain('perplexity');
  expect(frontierPage(first)).toContain('under tiny-gpt2');
});

it('writes the same texts whatever else is asked, and refuses a file that is none of its own', async () => {
  const alone = options({ models: ['tiny-diffugpt'], steps: [2], temperature: [0.5, 1], judge: null });
  const { points } = await writeFrontier(alone);
  const again = await writeFrontier({ ...alone, temperature: [1] });
  expect(again.points).toEqual(points.slice(1));
  const [file = ''] = await readdir(out);
  await writeFile(join(out, file), '{}');
  const all = options({ temperature: [0.5, 1] });
  await expect(writeFrontier(all)).rejects.toThrow(/expected texts that bench wrote/);
});

const CARD = { name: 'webgpu', provider: 'a card' } as const;
registerEngine({
  name: 'carded',
  open: async () => ({ ...referenceEngine(), name: 'carded-webgpu 1', dtype: 'float32', device: CARD }),
});
const SMALL = { models: ['tiny-gpt2'], length: 8, samples: 2 };
const ON_CARD = { engine: 'carded', device: 'webgpu', dtype: 'float32' } as const;
const FACTS = { engine: 'carded-webgpu 1', dtype: 'float32', device: 'webgpu', provider: 'a card' };

it('says in what texts were written and judged, and tells apart those of two dtypes', async () => {
  const plain = await writeFrontier(options(SMALL));
  const fewer = await writeFrontier(options({ ...SMALL, dtype: 'int4' }));
  expect(fewer.points[0]).toMatchObject({ dtype: 'int4', judged: { judge: 'tiny-gpt2', dtype: 'int4' } });
  expect(frontierTable(plain, 200)).toMatch(/Written and judged by engine onnx-cpu \S+ float32\./);
  expect(frontierTable(fewer, 200)).toMatch(/Written and judged by engine onnx-cpu \S+ int4\./);
  for (const shown of [frontierTable(fewer), frontierPage(fewer)]) expect(shown).toContain('under tiny-gpt2 (int4)');
  const both = { ...plain, points: [...plain.points, ...fewer.points] };
  for (const shown of [frontierTable(both, 200), frontierPage(both)]) {
    expect(shown).toContain('tiny-gpt2 (float32)');
    expect(shown).toContain('under tiny-gpt2 (int4)');
    expect(shown).toMatch(/Written and judged by engine onnx-cpu \S+ float32, onnx-cpu \S+ int4/);
  }
});

it('names the provider of a device, keeps it beside the texts, and reads texts that were kept without', async () => {
  const asked = options({ ...SMALL, ...ON_CARD, out: join(out, 'card') });
  const first = await writeFrontier(asked);
  expect(first.points[0]).toMatchObject({ ...FACTS, judged: FACTS });
  expect(frontierTable(first, 200)).toContain('Written and judged by engine carded-webgpu 1 (a card) float32');
  const files = (await readdir(asked.out)).map((name) => join(asked.out, name));
  for (const file of files) {
    const content = await readFile(file, 'utf8');
    expect(content).toContain('"device":"webgpu","provider":"a card"');
    await writeFile(file, content.replace(',"device":"webgpu","provider":"a card"', ''));
  }
  const [point] = (await writeFrontier(asked)).points;
  // The engine's name is that of the device, so the place is known; else one model would stand in two series.
  expect(point).toMatchObject({ ...FACTS, seconds: first.points[0]?.seconds, judged: FACTS });
  expect(await readdir(asked.out)).toHaveLength(files.length);
});

it('refuses a judge that gives bounds, and texts longer than a model reads', async () => {
  await expect(writeFrontier(options({ judge: 'tiny-diffugpt' }))).rejects.toThrow(
    /--judge: expected an autoregressive/,
  );
  await expect(writeFrontier(options({ length: 1024 }))).rejects.toThrow(/--length: expected at most the \d+ tokens/);
});

it('times one text at a time, and says what cannot be written', async () => {
  const asked = { models: ['tiny-gpt2', 'tiny-diffugpt'], lengths: [12, 4096], steps: [3], repeats: 2 };
  const document = await measureSpeed({ ...presetsOf(SPEED_OPTIONS), ...asked });
  expect(
    document.points.map(({ model, length, steps, nfe, seconds }) => [model, length, steps, nfe, seconds.length]),
  ).toEqual([
    ['tiny-gpt2', 12, null, 11, 2],
    ['tiny-diffugpt', 12, 3, 3, 2],
  ]);
  expect(document.gaps.map(({ model, length }) => [model, length])).toEqual([
    ['tiny-gpt2', 4096],
    ['tiny-diffugpt', 4096],
  ]);
  expect(speedTable(document)).toContain('tokens/s');
});

it('says by what provider texts were timed', async () => {
  const asked = { models: ['tiny-gpt2'], lengths: [8], repeats: 1, ...ON_CARD };
  const document = await measureSpeed({ ...presetsOf(SPEED_OPTIONS), ...asked });
  expect(document).toMatchObject(FACTS);
  expect(speedTable(document, 200)).toContain('Engine carded-webgpu 1 (a card) float32');
});
