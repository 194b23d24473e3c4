/**
 * Wrong decisions, undecided items, passes and seconds of a fixed number of passes and of races, on trained checkpoints of the repository:
 * `node dist/scripts/bench-racing.js [ITEMS [REFERENCE [MODEL]]]` (default: 200 items a task, reference of 512 passes, tiny-diffugpt) writes
 * results/racing.md. Tasks whose rows are not in BENCH_DATA_DIR are left out, and the page says so.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowsDigest } from '../src/core/text/rows-digest.ts';
import { type PreparedRuns, prepareRuns } from '../src/evaluate/execute-runs.ts';
import { RUN_DEFAULTS, type RunOptions } from '../src/evaluate/options.ts';
import type { TaskRows } from '../src/evaluate/run-parts.ts';
import { packageRoot } from '../src/files/package-root.ts';
import { decide, held, type Row } from './bench-racing/measure.ts';
import { endingRows, storyEndings } from './bench-racing/story-endings.ts';
import { racingMarkdown } from './bench-racing/table.ts';

const [items = '200', referencePasses = '512', model = 'tiny-diffugpt'] = process.argv.slice(2);
const limit = Number(items);

const WAYS: Readonly<Record<string, Partial<RunOptions>>> = {
  '--passes 8': { passes: 8 },
  '--passes 32': { passes: 32 },
  '--passes auto': { passes: 'auto' },
  '--passes auto --risk 0.02': { passes: 'auto', risk: 0.02 },
  '--passes auto --risk 0.1 --most-passes 33': { passes: 'auto', risk: 0.1, mostPasses: 33 },
};

/** Of two answers (PIQA), three (Social IQa) and four, where the rows are here. */
const PUBLISHED = ['siqa', 'piqa'];

const out = await mkdtemp(join(tmpdir(), 'bench-racing-'));
try {
  const options: RunOptions = { ...RUN_DEFAULTS, models: [model], limit, out };
  const prepared = await preparedTasks();
  const reference = await decide(prepared, { ...options, passes: Number(referencePasses) });
  const rows: Row[] = [];
  for (const [way, changes] of Object.entries(WAYS)) {
    const found = await decide(prepared, { ...options, ...changes });
    found.forEach((decisions, at) => {
      rows.push(held(prepared.tasks[at]?.task.name as string, way, decisions, reference[at] as (typeof found)[number]));
    });
  }
  const page = racingMarkdown(rows, { items: limit, reference: Number(referencePasses), model });
  await writeFile(join(packageRoot(), 'results/racing.md'), page);
} finally {
  await rm(out, { recursive: true });
}

/** The made task beside those whose rows are here. */
async function preparedTasks(): Promise<PreparedRuns> {
  const known = await prepareRuns({ ...RUN_DEFAULTS, models: [model], tasks: PUBLISHED, limit });
  const rows = endingRows(limit);
  const task = storyEndings as unknown as TaskRows['task'];
  const source = { source: 'story-endings/made', variant: null, digest: rowsDigest(task, rows) };
  const made: TaskRows = {
    ...{ task, shots: null },
    loaded: { rows, ...source, available: rows.length, usedFixtures: false },
  };
  return { ...known, tasks: [made, ...known.tasks.filter(({ loaded: { source } }) => source !== 'fixture')] };
}
