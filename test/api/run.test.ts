/** One example for each function of the package, as its docstring has it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ablate, defineTask, explain, openRun, readRuns, run, sweep } from '../../src/api.ts';
import { piqa } from '../../tasks/piqa.ts';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'api-'));
});
afterAll(() => rm(out, { recursive: true }));

it('run scores models on tasks and gives what is stored, and a repetition computes nothing', async () => {
  const settings = { models: ['random-gpt2'], tasks: ['piqa'], limit: 4, fixtures: true, out };
  const begun: string[] = [];
  const observer = {
    started({ label, total, resumed }: { label: string; total: number; resumed: number }) {
      begun.push(`${label}: ${resumed} of ${total}`);
      return { update() {}, stop() {} };
    },
  };
  const [first] = await run({ ...settings, observer });
  expect(first).toMatchObject({ complete: true, manifest: { task: { name: 'piqa' }, limit: 4 } });
  expect(first?.records).toHaveLength(4);
  expect(first?.estimates.acc?.n).toBe(4);
  expect(await run({ ...settings, observer })).toEqual([first]);
  expect(begun).toEqual(['piqa, random-gpt2: 0 of 4', 'piqa, random-gpt2: 4 of 4']);
  expect(await openRun(first?.folder ?? '')).toEqual(first);
  expect(await readRuns(out)).toEqual([first]);
});

it('run stops at a signal, and leaves out what has not begun', async () => {
  expect(
    await run({ models: ['random-gpt2'], tasks: ['piqa'], fixtures: true, out, signal: AbortSignal.abort() }),
  ).toEqual([]);
});

it('sweep, ablate and explain give the documents of their verbs', async () => {
  const settings = { models: ['random-diffugpt'], tasks: ['piqa'], limit: 2, passes: 5, fixtures: true, out };
  expect(await sweep({ ...settings, steps: [1, 2] })).toMatchObject({ format: 'bench-sweep/1' });
  expect(await ablate({ ...settings, attention: [0, 1], shift: [true] })).toMatchObject({
    format: 'bench-ablation/1',
  });
  expect(await explain(settings)).toMatchObject({ format: 'bench-explain/1', explanations: [{ items: 2 }] });
});

it('takes a task as it is, and says what is wrong with a setting', async () => {
  const task = defineTask({ ...piqa, name: 'my-piqa', sources: [] });
  const settings = { models: ['random-gpt2'], tasks: [task], limit: 2, out };
  for (const again of [1, 2]) {
    const runs = await run(settings);
    expect([again, ...runs.map(({ manifest }) => manifest.task.name)]).toEqual([again, 'my-piqa']);
  }
  await expect(run({ ...settings, limit: 0 })).rejects.toThrow('limit: expected a whole number of at least 1, found 0');
});
