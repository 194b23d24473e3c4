/** `bench drift`: one plan computed twice, with other threads and other arithmetic. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { verb as drift } from '../../src/commands/gate/drift.ts';
import { run } from '../../src/commands/run/run.ts';
import { settled } from '../../src/commands/shell/command-line.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { packageRoot } from '../../src/files/package-root.ts';
import type { DriftDocument } from '../../src/gate/drift/drift-text.ts';
import { recordingIo } from './recording-io.ts';

let parent = '';
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  vi.setConfig({ testTimeout: 60_000 });
  parent = await mkdtemp(join(tmpdir(), 'bench-drift-'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(parent, { recursive: true });
});

/** Folder of the run. */
async function scored(out: string, changes: Partial<RunOptions>): Promise<string> {
  const io = recordingIo();
  const given = { models: ['tiny-gpt2'], tasks: ['stories-choice'], limit: 12 };
  expect(await run({ ...RUN_DEFAULTS, ...given, json: true, out: join(parent, out), ...changes }, io)).toBe(0);
  return JSON.parse(io.written.stdout).runs[0].path;
}

async function drifted(a: string, b: string): Promise<[number, DriftDocument, string]> {
  const [json, text] = [recordingIo(), recordingIo()];
  const code = await drift.run(await settled(drift, { json: true }, [a, b]), json);
  expect(await drift.run(await settled(drift, {}, [a, b]), text)).toBe(code);
  return [code, JSON.parse(json.written.stdout), text.written.stdout];
}

it.each([
  ['choices', {}],
  ['bounds', { models: ['tiny-diffugpt'], passes: 4, steps: [4] }],
  ['written texts', { models: ['tiny-diffugpt'], tasks: ['pointer-chasing'], steps: [4], limit: 6 }],
])('finds nothing between one thread and two: %s', async (name, changes) => {
  const [one, two] = [
    await scored(`${name}-1`, { ...changes, threads: 1 }),
    await scored(`${name}-2`, { ...changes, threads: 2 }),
  ];
  const [code, document, text] = await drifted(one, two);
  expect(document).toMatchObject({ verdict: 'identical', otherBytes: 0, otherTexts: 0 });
  expect(text).toContain('identical: every byte of every record is the same');
  expect(code).toBe(0);
});

it('finds rounding between two engines, as large as it is, and no other decision', async () => {
  const [onnx, reference] = [await scored('onnx', {}), await scored('reference', { engine: 'reference' })];
  const [code, document, text] = await drifted(onnx, reference);
  expect(document).toMatchObject({ verdict: 'same-decisions', items: 12, decided: [] });
  expect(document.scores?.largest).toBeGreaterThan(0);
  expect(document.scores?.largest).toBeLessThan(1e-3);
  expect(text).toMatch(/scores of 24 answers|scores of \d+ answers: at most \d\.\de-\d/);
  expect(text).toMatch(/other decisions: 0 of 12, 0\.0 % \[0\.0, \d+\.\d\]/);
  expect(code).toBe(0);
});

it('finds as many other decisions in fewer bits as the table of parities says', async () => {
  const asked = { tasks: ['pointer-chasing'], limit: 200 };
  const table = readFileSync(join(packageRoot(), 'results/dtype-parity.md'), 'utf8');
  const whole = await scored('float32', asked);
  for (const dtype of ['int8', 'int4'] as const) {
    const [, count] =
      new RegExp(`^\\| tiny-gpt2 \\| pointer-chasing \\| ${dtype} \\| 200 \\| (\\d+) \\|$`, 'm').exec(table) ?? [];
    const [code, { otherDecisions, decided }] = await drifted(whole, await scored(dtype, { ...asked, dtype }));
    expect([dtype, otherDecisions.n, decided.length]).toEqual([dtype, 200, Number(count)]);
    expect(code).toBe(decided.length > 0 ? 3 : 0);
  }
});

it('refuses runs of different plans, and says what compares them', async () => {
  const [a, b] = [await scored('plan', {}), await scored('other', { limit: 5 })];
  await expect(drifted(a, b)).rejects.toMatchObject({
    message: `expected two runs of one plan, found limit 12 in ${a} and 5 in ${b}`,
    hint: `bench compare ${a} ${b} compares runs of any kind`,
  });
  await expect(settled(drift, {}, [a])).rejects.toThrow('expected two run folders, found 1');
});
