/**
 * What `--precision mixed` decides and what it takes: `node dist/scripts/bench-precision.js [--limit N] [--today FOLDER [--shares S,S]] MODEL:TASK,TASK …`.
 * For each model and task (`story-endings` is made here) the answers that int8 alone and mixed precision decide otherwise than float32, and
 * the share of items that is answered twice. With --today, a built checkout of the version to beat: seconds on GPT-2-small's shape (random
 * weights, in BENCH_SCRATCH) of choices left to right where a share S of the items is answered twice, and without --shares of the bound with 32 passes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ItemRecord } from '../src/core/record.ts';
import { executeRuns, prepareRuns } from '../src/evaluate/execute-runs.ts';
import { SILENT } from '../src/evaluate/observer.ts';
import { RUN_DEFAULTS, type RunOptions } from '../src/evaluate/options.ts';
import { speedLines } from './bench-precision/speed.ts';
import { madeTask, storyEndings } from './bench-racing/story-endings.ts';

interface Decided {
  readonly record: ItemRecord;
  /** Every accuracy of the item. */
  readonly accuracies: string;
  readonly precisions: ReadonlySet<string>;
  /** The least of its rankings, in its standard errors. */
  readonly lead: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function decide(options: RunOptions, task: string): Promise<ReadonlyMap<string, Decided>> {
  const isMade = task === storyEndings.name;
  const prepared = await prepareRuns({ ...options, tasks: [isMade ? 'stories-choice' : task] });
  const tasks = isMade ? [madeTask(options.limit ?? 200)] : prepared.tasks;
  const observer = { ...SILENT, noted: (sentence: string) => void process.stderr.write(`${sentence}\n`) };
  const [run] = await executeRuns({ ...prepared, tasks }, options, observer);
  return new Map((run?.stored.records ?? []).map((record) => [record.id, decided(record)]));
}

function decided(record: ItemRecord): Decided {
  const { score, response } = record;
  const views = response.kind === 'answered' ? Object.values(response.views) : [];
  const precisions = views.flatMap(({ alternatives }) => alternatives.map(({ precision = 'float32' }) => precision));
  const rankings = views.flatMap((view) => Object.values(view.rankings));
  const leads = rankings.map((each) => {
    const { margin, stderr } = each ?? { margin: 0, stderr: 0 };
    return stderr === 0 ? Number.POSITIVE_INFINITY : margin / stderr;
  });
  const values = score.kind === 'scored' ? Object.entries(score.values).filter(([name]) => name.startsWith('acc')) : [];
  const accuracies = JSON.stringify([score.kind === 'scored' ? score.answer : null, values]);
  return { record, accuracies, precisions: new Set(precisions), lead: Math.min(...leads) };
}

async function row(model: string, task: string, limit: number, out: string): Promise<string> {
  const options: RunOptions = { ...RUN_DEFAULTS, models: [model], limit, out };
  const [exact, alone, mixed] = [
    await decide(options, task),
    await decide({ ...options, dtype: 'int8' }, task),
    await decide({ ...options, precision: 'mixed' }, task),
  ];
  const answered = [...exact.values()].filter(({ record }) => record.score.kind === 'scored');
  const clear = answered.filter(({ lead }) => lead >= 2);
  const otherwise = (found: ReadonlyMap<string, Decided>): number =>
    clear.filter(({ record, accuracies }) => found.get(record.id)?.accuracies !== accuracies).length;
  const twice = [...mixed.values()].filter(({ record, precisions }) => {
    return record.score.kind === 'scored' && precisions.has('float32') && !precisions.has('mixed');
  }).length;
  const share = [...mixed.values()].some(({ precisions }) => precisions.has('mixed'))
    ? '–'
    : percent(twice / answered.length);
  return [model, task, answered.length, clear.length, otherwise(alone), otherwise(mixed), share].join(' | ');
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { limit: { type: 'string' }, today: { type: 'string' }, shares: { type: 'string', default: '' } },
  });
  const out = await mkdtemp(join(tmpdir(), 'bench-precision-'));
  try {
    if (positionals.length > 0) {
      say('| model | task | items | of them clear | int8 otherwise | mixed otherwise | answered in float32 |');
      say('|---|---|---|---|---|---|---|');
    }
    for (const each of positionals) {
      const [model, tasks] = each.split(':') as [string, string];
      for (const task of tasks.split(',')) say(`| ${await row(model, task, Number(values.limit ?? 200), out)} |`);
    }
    const shares = values.shares.split(',').filter(Boolean).map(Number);
    if (values.today !== undefined) for await (const line of speedLines(values.today, shares)) say(line);
  } finally {
    await rm(out, { recursive: true });
  }
}

await main();
