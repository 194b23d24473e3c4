/** `bench run`: models on tasks, side by side. */
import { relative } from 'node:path';
import { z } from 'zod';
import { badArguments } from '../../core/errors.ts';
import { requireConsistent } from '../../evaluate/consistent-options.ts';
import type { PreparedRuns } from '../../evaluate/execute-runs.ts';
import type { Observer } from '../../evaluate/observer.ts';
import { RUN_OPTIONS, type RunOptions } from '../../evaluate/options.ts';
import type { DumpedTask, DumpOptions } from '../../evaluate/requests/dump-requests.ts';
import { decimal } from '../../options/fields.ts';
import { option } from '../../options/option.ts';
import { outFile, switchOption } from '../../options/shared.ts';
import { explainTable } from '../../report/terminal/explain-table.ts';
import { planTable } from '../../report/terminal/plan-table.ts';
import { runTable } from '../../report/terminal/table.ts';
import { type RunFacts, toJsonDocument } from '../../report/view/run-facts.ts';
import { tabledPart } from '../../store/records/kept-part.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';
import { writeOut } from '../shell/write-out.ts';
import { exitCodeOf } from './exit-code.ts';

const OPTIONS = {
  ...RUN_OPTIONS,
  models: {
    ...RUN_OPTIONS.models,
    preset: [] as readonly string[],
    about: RUN_OPTIONS.models.about.replace(' (required)', ''),
    standard: 'must be given, except with --dump-requests',
  },
  plan: switchOption('try some items and show what the runs would take: passes, time, memory, disk; stores nothing'),
  planRate: option(
    decimal('a number above 0, such as 5e12', z.number().gt(0)),
    'with --plan: floating-point operations a second of another machine',
    null,
    'as measured here',
  ),
  dumpRequests: outFile(
    'write what would be asked to this file, {"id","context","continuation"} a line, and ask nothing',
  ),
};

/** What `bench run` is told. */
interface Told extends RunOptions {
  readonly dumpRequests: string | null;
  readonly plan: boolean;
  readonly planRate: number | null;
}

export const verb = declareVerb({
  options: OPTIONS,
  readsConfig: true,
  examples: {
    'run --models gpt2-m,diffugpt-m --tasks piqa,hellaswag --limit 200': 'first 200 items of two tasks',
    'run --models ./my-diffusion --family diffusion --mask-id 50257 --shift on': 'a checkpoint of your own',
    'run --models base=./my-gpt2,dd=./my-diffusion:family=diffusion:mask-id=50257':
      'each with a name and settings of its own',
    'run --models diffugpt-m --tasks piqa --steps 1,2,4,8,16,32': 'the whole T curve from the same passes',
    'run --models diffugpt-m --tasks piqa --protocol paper': 'the procedure of the published scripts, seeded',
    'run --models diffugpt-m --tasks piqa --limit 100 --explain': 'what each published quirk moves, one at a time',
    'run --protocol lm-eval --tasks gsm8k-natural --dump-requests requests.jsonl':
      'what is asked, five examples in front',
    'run --models diffugpt-m --tasks hellaswag --plan': 'what it would take, from some of its items',
    'run --config run.json --json > result.json': 'settings from a file, result as JSON',
  },
  settle(given): Told {
    if (given.models.length === 0 && given.dumpRequests === null) {
      throw badArguments(`--models: expected ${RUN_OPTIONS.models.field.description}, found nothing`);
    }
    return requireConsistent<Told>(requireOneWork(given));
  },
  async run({ dumpRequests: file, plan: isPlan, planRate, ...options }, io) {
    if (file !== null) return dumpRequests(options, file, io);
    if (isPlan) return plan(options, planRate, io);
    return (options.explain ? explain : run)(options, io);
  },
});

/** What is planned, explained or dumped is no run: what says how runs are made has no say in it. @throws HarnessError 'bad-arguments' */
function requireOneWork(told: Told): Told {
  const { plan: isPlan, planRate, dumpRequests: file, explain: isExplained, shard } = told;
  const works = [
    ...(isPlan ? ['--plan'] : []),
    ...(isExplained ? ['--explain'] : []),
    ...(file === null ? [] : ['--dump-requests']),
  ];
  const [work] = works;
  if (works.length > 1) {
    throw badArguments(
      `${work}: expected it alone, found ${works.slice(1).join(' and ')}`,
      'repeat the command for each',
    );
  }
  if (planRate !== null && !isPlan) {
    throw badArguments('--plan-rate: expected --plan, found none', 'add --plan, or leave --plan-rate out');
  }
  if (work !== undefined && shard !== null) {
    throw badArguments(
      `--shard: expected a run, found ${work}, which takes all items`,
      `leave --shard out, or ${work}`,
    );
  }
  return told;
}

/** Scores every model on every task, prints the table (or JSON) of all that is stored, and returns the exit code. */
export async function run(options: RunOptions, io: CommandIo): Promise<number> {
  // What computes is loaded when it runs, so that help and mistakes are answered at once.
  const { executeRuns, prepareRuns } = await import('../../evaluate/execute-runs.ts');
  const observer = observe(io);
  const prepared = { ...(await prepareRuns(options, observer)), keep: tabledPart };
  const executed = await (options.queue === null
    ? executeRuns(prepared, options, observer)
    : collected(options.queue, options, observer, (answersOf) =>
        executeRuns({ ...prepared, answersOf }, options, observer),
      ));
  const reports = executed.map(({ report }) => report);
  print(io, options, toJsonDocument(reports), () => text(reports, io.columns));
  return exitCodeOf(reports, io);
}

/** Runs whose units are computed by workers. */
async function collected<Result>(
  address: string,
  { queueLock }: Pick<RunOptions, 'queueLock'>,
  observer: Observer,
  execute: (answersOf: NonNullable<PreparedRuns['answersOf']>) => Promise<Result>,
): Promise<Result> {
  const { connectQueue } = await import('../../queue/redis/connect.ts');
  const { answersOver } = await import('../../queue/collector/collect.ts');
  const connection = await connectQueue(address);
  try {
    return await execute(answersOver(connection, observer, queueLock));
  } finally {
    connection.close();
  }
}

/** What each difference between `canonical` and `paper` moves on the same items. Stores nothing. */
export async function explain(options: RunOptions, io: CommandIo): Promise<number> {
  const { explainRuns } = await import('../../evaluate/explain-runs.ts');
  const document = await explainRuns(options, observe(io));
  if (io.signal.aborted) return EXIT.stopped;
  print(io, options, document, () => explainTable(document, io.columns));
  return EXIT.ok;
}

/** What the runs would take, from some of their items. Stores nothing. */
export async function plan(options: RunOptions, rate: number | null, io: CommandIo): Promise<number> {
  const { prepareRuns } = await import('../../evaluate/execute-runs.ts');
  const { planRuns } = await import('../../evaluate/plan/plan-runs.ts');
  const observer = observe(io);
  const document = await planRuns(await prepareRuns(options, observer), options, rate, observer);
  if (io.signal.aborted) return EXIT.stopped;
  print(io, options, document, () => planTable(document));
  return EXIT.ok;
}

/** Writes what would be asked, a JSON object a line, and asks nothing; what was written of which rows goes to standard error. */
export async function dumpRequests(options: DumpOptions, file: string, io: CommandIo): Promise<number> {
  const { requestsOf } = await import('../../evaluate/requests/dump-requests.ts');
  const done: DumpedTask[] = [];
  async function* lines() {
    for await (const each of requestsOf(options)) {
      done.push(each);
      yield each.requests.map((request) => `${JSON.stringify(request)}\n`).join('');
    }
  }
  await writeOut('--dump-requests', file, lines());
  for (const { task, source, shots, requests } of done) {
    const rows = source === 'fixture' ? 'the built-in rows' : source;
    io.stderr(
      `${task}: ${requests.length.toLocaleString('en')} requests of ${rows}, ${shots} examples in front of each\n`,
    );
  }
  return EXIT.ok;
}

/** The table, and where its numbers are kept. */
function text(reports: readonly RunFacts[], columns: number): string {
  const [first] = reports;
  const kept = first === undefined ? '' : `\nItem by item: bench show ${relative('.', first.path) || '.'}\n`;
  return `${runTable(reports, columns)}${kept}`;
}
