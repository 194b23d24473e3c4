/** `bench unconditional` and `bench speed` on the built-in checkpoints. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
