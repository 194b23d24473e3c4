/**
 * Wrong decisions, undecided items, passes and seconds of a fixed number of passes and of races, on trained checkpoints of the repository:
 * `node dist/scripts/bench-racing.js [ITEMS [REFERENCE [MODEL [SEEDS]]]]` (default: 200 items a task, reference of 512 passes, tiny-diffugpt,
 * 3 seeds) writes results/racing.md. Tasks whose rows are not in BENCH_DATA_DIR are left out; the page grows with each task. With BENCH_RACING_RUNS, runs
 * are kept in that folder and resumed. The fixed design is that of earlier versions, mask by mask.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executeRuns, type PreparedRuns, prepareRuns } from '../src/evaluate/execute-runs.ts';
import { RUN_DEFAULTS, type RunOptions } from '../src/evaluate/options.ts';
import { packageRoot } from '../src/files/package-root.ts';
import { countedEngine } from './bench-racing/counted-engine.ts';
import { type Decisions, decisionsOf, held, type Row } from './bench-racing/measure.ts';
import { madeTask } from './bench-racing/story-endings.ts';
import { FIXED, RACE, racingMarkdown } from './bench-racing/table.ts';

const [itemsGiven = '200', referenceGiven = '512', model = 'tiny-diffugpt', seedsGiven = '3'] = process.argv.slice(2);
const [limit, reference, seeds] = [Number(itemsGiven), Number(referenceGiven), Number(seedsGiven)];
/** No other run has it, so that the reference shares no mask with what it judges. */
const SEED_OF_REFERENCE = 1000;

const WAYS: Readonly<Record<string, Partial<RunOptions>>> = {
  '--passes 8': { passes: 8 },
  [FIXED]: { passes: 32 },
  [RACE]: { passes: 'auto' },
  '--passes auto --risk 0.05': { passes: 'auto', risk: 0.05 },
  '--passes auto --risk 0.2': { passes: 'auto', risk: 0.2 },
  '--passes auto --risk 0.2 --most-passes 17': { passes: 'auto', risk: 0.2, mostPasses: 17 },
  '--passes auto --risk 0.2 --most-passes 5': { passes: 'auto', risk: 0.2, mostPasses: 5 },
};

/** Of two answers (PIQA), three (Social IQa) and four, where the rows are here. */
const PUBLISHED = ['siqa', 'piqa', 'hellaswag'];

const kept = process.env.BENCH_RACING_RUNS ?? null;
const out = kept ?? (await mkdtemp(join(tmpdir(), 'bench-racing-')));
await mkdir(out, { recursive: true });
try {
  const options: RunOptions = { ...RUN_DEFAULTS, models: [model], limit, out };
  const { tasks, ...parts } = await preparedTasks();
  const rows: Row[] = [];
  for (const asked of tasks) {
    const prepared = { ...parts, tasks: [asked] };
    const truth = await decide(prepared, { ...options, passes: reference, seed: SEED_OF_REFERENCE });
    const hold = async (way: string, changes: Partial<RunOptions>) => {
      const found: Decisions[] = [];
      for (let seed = 0; seed < seeds; seed++) {
        found.push(await decide(prepared, { ...options, ...changes, seed }));
      }
      rows.push(held(asked.task.name, way, found, truth));
    };
    for (const [way, changes] of Object.entries(WAYS)) await hold(way, changes);
    const page = racingMarkdown(rows, { items: limit, reference, model, seeds });
    await writeFile(join(packageRoot(), 'results/racing.md'), page);
  }
} finally {
  if (kept === null) await rm(out, { recursive: true });
}

async function decide(prepared: PreparedRuns, options: RunOptions): Promise<Decisions> {
  const engine = countedEngine(prepared.engine);
  const [executed] = await executeRuns({ ...prepared, engine }, options);
  if (executed === undefined) throw new Error('no run');
  return decisionsOf(executed, executed.report.seconds, engine.runs() === 0 ? null : engine.runs());
}

/** The made task beside those whose rows are here. */
async function preparedTasks(): Promise<PreparedRuns> {
  const known = await prepareRuns({ ...RUN_DEFAULTS, models: [model], tasks: PUBLISHED, limit });
  return {
    ...known,
    tasks: [madeTask(limit), ...known.tasks.filter(({ loaded: { source } }) => source !== 'fixture')],
  };
}
