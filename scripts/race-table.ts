/**
 * Decisions and time of the fixed passes of another build, of races, of two precisions and of both: `node dist/scripts/race-table.js --today FOLDER
 * [--model NAME] [--reference N] [--limit N] TASK …`, FOLDER a built checkout. Whole commands in turn, against a reference of N passes (default 128) in
 * float32 under a seed of its own; items that do not fit the network count for nothing. Prints a section a task of results/racing-table.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readRun } from '../src/store/read-run.ts';
import { type Decisions, decisionsOf, held } from './bench-racing/measure.ts';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
const SEED_OF_REFERENCE = '1000';
const WAYS: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ['racing, `--passes auto`', ['--passes', 'auto']],
  ['mixed, `--precision mixed`', ['--passes', '32', '--precision', 'mixed']],
  ['both', ['--passes', 'auto', '--precision', 'mixed']],
  [
    'both, `--risk 0.1 --most-passes 17`',
    ['--passes', 'auto', '--risk', '0.1', '--most-passes', '17', '--precision', 'mixed'],
  ],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ today: { type: 'string' }, model: { type: 'string', default: 'tiny-diffugpt' } },
    ...{ reference: { type: 'string', default: '128' }, limit: { type: 'string', default: '120' } },
  },
});
const today = resolve(values.today ?? HERE);

/** One command of a build, its decisions and its whole time. */
async function decide(root: string, task: string, flags: readonly string[]): Promise<Decisions> {
  const out = mkdtempSync(join(tmpdir(), 'race-table-'));
  try {
    const asked = ['--models', values.model, '--tasks', task, '--limit', values.limit, '--out', join(out, 'runs')];
    const started = performance.now();
    const env = { ...process.env, BENCH_CACHE_DIR: join(out, 'cache'), ORT_DISABLE_TELEMETRY: '1' };
    const words = [join(root, 'bin/bench.js'), 'run', ...asked, ...flags];
    const { stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env });
    const seconds = (performance.now() - started) / 1000;
    const run = readdirSync(join(out, 'runs'))[0];
    if (run === undefined) throw new Error(`bench ${words.slice(1).join(' ')}: ${stderr}`);
    return decisionsOf({ stored: await readRun(join(out, 'runs', run)) }, seconds, null);
  } finally {
    rmSync(out, { recursive: true });
  }
}

for (const task of positionals) {
  const truth = await decide(HERE, task, ['--passes', values.reference, '--seed', SEED_OF_REFERENCE]);
  const rows = [held(task, "d24ebd1's `--passes 32`", [await decide(today, task, ['--passes', '32'])], truth)];
  for (const [name, flags] of WAYS) rows.push(held(task, name, [await decide(HERE, task, flags)], truth));
  const [first] = rows;
  console.log(`## ${task}\n\n| | wrong | undecided | passes an item | share | seconds, whole command | share |`);
  console.log('|---|---|---|---|---|---|---|');
  for (const row of rows) {
    const share = (of: 'passes' | 'seconds'): string => (row[of] / (first?.[of] ?? 1)).toFixed(2);
    const cells = [row.way, `${row.wrong} of ${row.clear}`, `${row.undecided} of ${row.items}`];
    const costs = [(row.passes / row.items).toFixed(1), share('passes'), row.seconds.toFixed(1), share('seconds')];
    console.log(`| ${[...cells, ...costs].join(' | ')} |`);
  }
  console.log('');
}
