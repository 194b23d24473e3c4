import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openForRuns, prepareRuns } from '../../evaluate/execute-runs.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../evaluate/options.ts';
import { describeTaskRun, type OpenedModel, readingOf } from '../../evaluate/run-settings.ts';
import { describeMachine } from '../../runner/environment.ts';
import { type QueuePlan, queuePlan } from '../plan.ts';
import { unitId } from '../unit.ts';
import { RunComputer } from './run-computer.ts';

const OWN = { models: null, threads: 1, batchTokens: null, dataDir: null, unsafeNoSandbox: false };

beforeAll(() => {
  vi.stubEnv('BENCH_DATA_DIR', '');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** As a collector of this machine makes it. */
async function planOf(changes: Partial<RunOptions>): Promise<QueuePlan> {
  const options = { ...RUN_DEFAULTS, models: ['random-gpt2'], tasks: ['piqa'], fixtures: true, ...changes };
  const { models, tasks, engine } = await prepareRuns(options);
  const [opened, asked] = [models[0] as OpenedModel, tasks[0]];
  if (asked === undefined) throw new Error('a task is named');
  const model = await openForRuns(opened, { engine }, options, new AbortController().signal);
  const { manifest } = describeTaskRun(asked, opened, model.identity, readingOf(opened.checkpoint, options), options);
  await model.dispose();
  return queuePlan({ model: 'random-gpt2', task: 'piqa', options, unitSize: 4 }, manifest, describeMachine({}), 30);
}

it('opens the model anew for a run in another type of number, and keeps it for the next one in the same', async () => {
  const computer = new RunComputer();
  const [float32, int8] = [await planOf({}), await planOf({ dtype: 'int8' })];
  const first = await computer.open(float32, OWN);
  expect(await computer.open(float32, OWN)).toBe(first);
  const second = await computer.open(int8, OWN);
  expect(second.id).not.toBe(first.id);
  const again = await planOf({ dtype: 'int8', limit: 3 });
  expect((await computer.open(again, OWN)).items).toHaveLength(3);
  // The first model stayed beside the second one, and computes as before.
  const unit = { from: 0, count: 2, id: unitId(first.id, first.items.slice(0, 2)) };
  const order = { plan: float32, own: OWN, name: 'here:1', unit };
  const later = await computer.compute(order);
  expect(later.records).toEqual((await new RunComputer().compute(order)).records);
});

it('computes the items of a unit, and none that has another name here', async () => {
  const computer = new RunComputer();
  const plan = await planOf({});
  const { id, items } = await computer.open(plan, OWN);
  const asked = { from: 2, count: 2, id: unitId(id, items.slice(2, 4)) };
  const result = await computer.compute({ plan, own: OWN, name: 'here:1', unit: asked });
  expect(result.records.map((record) => record.id)).toEqual(items.slice(2, 4).map((item) => item.id));
  expect(result.costs.work?.items).toBe(2);
  expect(result).toMatchObject({ unit: asked.id, from: 2, by: { name: 'here:1' } });
  const other = { ...asked, from: 3 };
  await expect(computer.compute({ plan, own: OWN, name: 'here:1', unit: other })).rejects.toThrow(
    /^the unit from item 3 on holds other items than here$/,
  );
});

it.each([
  ['another version', { bench: '0.0.0' }, /^expected bench 0\.0\.0 .*, as collects, found .* here$/],
  [
    'other weights',
    { model: { weightsDigest: 'f'.repeat(64) } },
    /^expected model\.weightsDigest "f+", as the run says, found .* here: start the worker .* --models NAME=FOLDER$/,
  ],
  ['another tokenizer', { model: { tokenizerDigest: 'f'.repeat(64) } }, /^expected model\.tokenizerDigest "f+"/],
  ['another engine', { model: { engine: 'tfjs' } }, /^expected model\.engine "tfjs", as the run says, found/],
  [
    'another type of number',
    { model: { dtype: 'float16' } },
    /^expected model\.dtype "float16", as the run says, found/,
  ],
  [
    'other data',
    { dataset: { digest: 'f'.repeat(64) } },
    /^expected dataset\.digest "f+", as the run says, found .* here: start the worker .* --data-dir$/,
  ],
])('refuses a run of %s, and names what differs', async (_, { bench, model, dataset }: Changes, message) => {
  const plan = await planOf({});
  const { manifest } = plan;
  const changed = {
    ...plan,
    bench: bench ?? plan.bench,
    manifest: {
      ...manifest,
      model: { ...manifest.model, ...model },
      dataset: { ...manifest.dataset, ...dataset },
    } as QueuePlan['manifest'],
  };
  await expect(new RunComputer().open(changed, OWN)).rejects.toThrow(message);
});

interface Changes {
  readonly bench?: string;
  readonly model?: Readonly<Record<string, string>>;
  readonly dataset?: Readonly<Record<string, string>>;
}
