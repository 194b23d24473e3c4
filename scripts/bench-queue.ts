/**
 * What a queue costs: its own work for a unit, two workers against two threads, and a million planned items.
 *
 *     node dist/scripts/bench-queue.js [--units 200] [--long 12] [--turns 5] [--items 1000000] [--out results/queue-speed.md]
 *         [--today FOLDER] [--run "run --models tiny-diffugpt --tasks stories-choice,stories-cloze --passes 8000"]
 *
 * Needs redis-server, and a machine with two cores that has nothing else to do. Takes some ten minutes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Milliseconds } from '../src/core/units.ts';
import { packageRoot } from '../src/files/package-root.ts';
import { OwnRedis } from './queue/own-redis.ts';
import { type OwnWork, ownWork } from './queue/own-work.ts';
import { type Turn, twoWorkers } from './queue/two-workers.ts';

const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '200' },
    long: { type: 'string', default: '12' },
    turns: { type: 'string', default: '5' },
    items: { type: 'string', default: '1000000' },
    run: { type: 'string', default: 'run --models tiny-diffugpt --tasks stories-choice,stories-cloze --passes 8000' },
    /** A run of about a second: what starting up costs shows in it. */
    short: { type: 'string', default: 'run --models tiny-gpt2,tiny-diffugpt --tasks stories-choice --passes 32' },
    /** Another built checkout, whose one process is set beside two workers of this one. */
    today: { type: 'string' },
    'today-run': {
      type: 'string',
      default:
        'run --models tiny-gpt2 --tasks pointer-chasing,pointer-chasing-forward,countdown-mini,word-problems,stories-choice,stories-cloze',
    },
    out: { type: 'string', default: 'results/queue-speed.md' },
  },
});
/** Of a unit that is worth handing out. */
const SECONDS = 5;

const folder = mkdtempSync(join(tmpdir(), 'bench-queue-speed-'));
const redis = await OwnRedis.start(folder);
const fast: OwnWork[] = [];
for (let turn = 0; turn < 3; turn++) fast.push(await ownWork(redis, Number(values.units), null));
const long = await ownWork(redis, Number(values.long), SECONDS);
const turns = await twoWorkers(redis, values.run.split(' '), Number(values.turns));
const short = await twoWorkers(redis, values.short.split(' '), Number(values.turns));
const today =
  values.today === undefined
    ? null
    : await twoWorkers(redis, values['today-run'].split(' '), Number(values.turns), resolve(values.today));
await redis.kill();
const enqueued: (Enqueued & { readonly unit: number; readonly how: string })[] = [];
for (const [unit, how] of [
  [64, 'window'],
  [1, 'window'],
  [64, 'at once'],
  [1, 'at once'],
] as const) {
  enqueued.push({ unit, how, ...(await enqueue(unit, how)) });
}
rmSync(folder, { recursive: true });
writeFileSync(resolve(packageRoot(), values.out), report());

interface Enqueued {
  readonly seconds: number;
  readonly peakBytes: number;
  readonly redisBytes: number;
}

async function enqueue(unit: number, how: string): Promise<Enqueued> {
  const own = await OwnRedis.start(folder);
  const program = fileURLToPath(new URL('./queue/enqueue.js', import.meta.url));
  const args = [program, String(own.port), values.items, String(unit), how];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  await own.kill();
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

function report(): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const ms = (value: Milliseconds) => value.toFixed(2);
  const mb = (bytes: number) => Math.round(bytes / 1e6);
  const own = (what: string, { units, processor, redis: inRedis, wall }: OwnWork, share: string) =>
    row([what, units, ms(processor), ms(inRedis), ms(wall), share]);
  const middle = fast.toSorted((a, b) => a.processor - b.processor)[1] as OwnWork;
  const share = `${((100 * long.wall) / (1000 * SECONDS)).toFixed(2)} %`;
  return `# What a queue costs

\`node dist/scripts/bench-queue.js --units ${values.units} --long ${values.long} --turns ${values.turns} --items ${values.items} --run "${values.run}"\`
on ${cpus().length} cores (${cpus()[0]?.model.trim()}), Redis, collector and workers on one machine.

## Its own work for a unit of 16 items

Processor time of collector, worker and Redis together, less what a local run takes for the same items (asking, scoring, storing); and the wall time in which
the one worker computes nothing. Scripted answers; the median of three by processor time.

| units | number | processor, ms | of it Redis, ms | wall, ms | of the unit's time |
|---|---|---|---|---|---|
${own('that take no time', middle, '–')}
${own(`of ${SECONDS} s, the first ones of a run included`, long, share)}

## Two workers of one thread against one process of two threads

Seconds of \`bench ${values.run}\`, turn about, from the first question to the last record. The bytes are the same. Workers stay and have computed a
turn before that does not count, so their models are loaded and their code is warm; the one process loads its model in every turn, as such runs do, which is why a run of seconds
can be more than 1.

${turnTable('two threads', turns)}

And of \`bench ${values.short}\`, which is over in about a second: what the workers open for each run (files, rows, the check that all is the same)
falls into their time, while the one process has opened it before its first question.

${turnTable('two threads', short)}
${today === null ? '' : todaySection(today)}
## ${Number(values.items).toLocaleString('en')} planned items

Until units wait for workers, in a process of its own; texts of the data set aside, which a local run holds as well. \`bench run --queue\` keeps a window
of units in Redis; all at once is what that saves.

| items a unit | handed out | seconds | peak memory of the collector, MB | peak memory of Redis, MB |
|---|---|---|---|---|
${enqueued.map(({ unit, how, seconds, peakBytes, redisBytes }) => row([unit, how, seconds.toFixed(1), mb(peakBytes), mb(redisBytes)])).join('\n')}
`;
}

function turnTable(local: string, all: readonly Turn[]): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const lines = all.map(({ local: one, queued }, i) =>
    row([i + 1, one.toFixed(2), queued.toFixed(2), (one / queued).toFixed(3)]),
  );
  return `| turn | ${local}, s | two workers, s | rate of the workers / of the one process |
|---|---|---|---|
${lines.join('\n')}
${row(['median', '', '', median(all).toFixed(3)])}`;
}

function todaySection(all: readonly Turn[]): string {
  return `
## Two workers of one thread against one process of an earlier build

\`--today FOLDER\` with a build of commit d24ebd1: its one process with two threads, and two workers of this build, on \`bench ${values['today-run']}\`,
turn about, from the first question to the last record of each run.

${turnTable('one process of then', all)}
`;
}

function median(all: readonly Turn[]): number {
  const ratios = all.map(({ local, queued }) => local / queued).sort((a, b) => a - b);
  return ratios[ratios.length >> 1] as number;
}
