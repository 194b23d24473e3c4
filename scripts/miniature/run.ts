/**
 * The miniature reproduction, one command: pre-trains a base, trains every arm of `plan.ts` for every seed, asks all of them, and writes
 * records, curves and the page that explains them to `results/miniature`. Everything that is done is kept: repeat the command to resume.
 *
 *   npm run -s build && node dist/scripts/miniature/run.js
 *   node dist/scripts/miniature/run.js --smoke --work /tmp/miniature      # ten steps, one seed, ten items: shows that it works
 *
 * Two runs of one thread at a time (`--workers 2`): about an hour and a half on two cores. An estimate is printed once the base is there.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { packageRoot } from '../../src/files/package-root.ts';
import { bench, isDone, markDone } from './bench-process.ts';
import { recordOf } from './collect.ts';
import { curveOf, writePage } from './page.ts';
import { RULES, SEEDS, STEPS, TASKS, type TrainedModel, trainedModels, trainingConfig, trainingWords } from './plan.ts';
import type { Miniature } from './records.ts';

const SMOKE = { steps: 10, seeds: [0], limit: 10 } as const;
/** A training row in tokens costs about this much of the base's time a token: evaluation and start included. */
const OVERHEAD = 1.25;

const ROOT = packageRoot();
const { values } = parseArgs({
  options: {
    work: { type: 'string', default: join(ROOT, '.miniature') },
    out: { type: 'string' },
    workers: { type: 'string', default: '2' },
    smoke: { type: 'boolean', default: false },
  },
});
const { smoke } = values;
const work = resolve(values.work);
const out = resolve(values.out ?? (smoke ? join(work, 'page') : join(ROOT, 'results/miniature')));
const limited = pLimit(Number(values.workers));
const seeds: readonly number[] = smoke ? SMOKE.seeds : SEEDS;
const models = trainedModels(TASKS, seeds);
const stepsOf = ({ task }: TrainedModel): number => (smoke ? SMOKE.steps : task.steps);

await mkdir(join(work, 'runs'), { recursive: true });
await makeBase();
for (const task of TASKS) {
  await writeFile(
    join(work, `${task.name}.json`),
    JSON.stringify(trainingConfig(smoke ? { ...task, steps: 10 } : task)),
  );
}
let done = 0;
// One that fails does not stop the others: hours of them may be left.
const outcomes = await Promise.allSettled(
  models.map((model) =>
    limited(async () => {
      await makeModel(model);
      done += 1;
      say(`${done} of ${models.length} models: ${model.name}`);
    }),
  ),
);
const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${models.length} models failed`);
const records = [];
for (const model of models) {
  for (const rule of rulesOf(model)) records.push(await recordOf(work, model, rule));
}
const curves = await Promise.all(models.map((model) => curveOf(join(work, model.name), model)));
const miniature: Miniature = { format: 'bench-miniature/1', isComplete: !smoke, records, curves };
await writePage(out, miniature);
say(`${out}: records.json, README.md and curves`);

async function makeBase(): Promise<void> {
  if (await isDone(work, 'base')) return;
  const began = performance.now();
  const steps = smoke ? ['--steps', String(SMOKE.steps), '--warmup', '2'] : [];
  const config = join(ROOT, 'scripts/tiny-models/base.json');
  await bench(work, ['train', '--config', config, '--out', 'base', '--threads', '1', ...steps]);
  await markDone(work, 'base');
  if (smoke) return;
  // 600 steps of 20 rows of 128 tokens.
  const secondsPerToken = (performance.now() - began) / 1000 / (600 * 20 * 128);
  const tokens = models.reduce((sum, { task }) => sum + task.steps * task.batch * task.length, 0);
  say(`about ${Math.round((OVERHEAD * tokens * secondsPerToken) / 60)} minutes for ${models.length} models`);
}

async function makeModel(model: TrainedModel): Promise<void> {
  if (await isDone(work, model.name)) return;
  const { task, name } = model;
  const warmup = smoke ? ['--warmup', '2', '--eval-rows', '4', '--eval-draws', '2'] : [];
  const words = trainingWords(model, './base', stepsOf(model));
  await bench(work, [...words, '--config', `${task.name}.json`, '--out', name, '--threads', '1', ...warmup]);
  const limit = smoke ? SMOKE.limit : task.limit;
  for (const rule of rulesOf(model)) {
    const json = await bench(work, [
      ...['run', '--models', `./${name}`, '--tasks', task.name, '--protocol', rule, '--threads', '1', '--json'],
      ...['--steps', STEPS.join(), '--out', 'runs', ...(limit === null ? [] : ['--limit', String(limit)])],
    ]);
    await writeFile(join(work, name, `${rule}.json`), json);
  }
  await markDone(work, name);
}

/** Autoregressive models and likelihoods know one rule. */
function rulesOf({ arm, task }: TrainedModel) {
  return arm === 'ar' || !task.isWritten ? RULES.slice(0, 1) : RULES;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
