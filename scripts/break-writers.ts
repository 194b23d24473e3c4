/**
 * Breaks every command that writes, by SIGKILL at random moments and by full disks, and looks at what is left: a file that was
 * there is the old one or the whole new one, what resumes ends in the same bytes, and no draft stays behind for good.
 *
 *     node dist/scripts/break-writers.js [--kills 400] [--disks 72] [--seed 0] [--out results/broken-writes.md]
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stream } from '../src/core/numbers/random.ts';
import { packageRoot } from '../src/files/package-root.ts';
import { beginTrial, finish, leftOvers, OLD, outputsOf, prepare } from './break-writers/trial-folder.ts';
import { WRITERS, type Writer } from './break-writers/writers.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '400' },
    disks: { type: 'string', default: '72' },
    seed: { type: 'string', default: '0' },
    out: { type: 'string', default: 'results/broken-writes.md' },
  },
});
const bench = join(packageRoot(), 'bin/bench.js');
const folder = mkdtempSync(join(tmpdir(), 'bench-break-'));
const [prepared, trial] = [join(folder, 'prepared'), join(folder, 'trial')];

interface Tally {
  trials: number;
  /** The command was stopped, and had not ended by itself. */
  stopped: number;
  /** Of the files that were replaced, and of what was resumed. */
  old: number;
  whole: number;
  /** Neither: an empty or cut file, or other bytes after resuming. */
  broken: string[];
  draftsLeft: number;
}
const tally = (): Tally => ({ trials: 0, stopped: 0, old: 0, whole: 0, broken: [], draftsLeft: 0 });

prepare(prepared, bench);
const random = stream(Number(values.seed), 'break-writers');
const kills = new Map<Writer, Tally>();
const disks = new Map<Writer, Tally>();
for (const writer of WRITERS) {
  beginTrial(prepared, trial, writer);
  const start = performance.now();
  const expected = finish(trial, bench, writer);
  const duration = performance.now() - start;
  const each = (total: string) => Math.ceil(Number(total) / WRITERS.length);
  const killed = tally();
  for (let i = 0; i < each(values.kills); i++) {
    beginTrial(prepared, trial, writer);
    await stopAfter(writer, 0.2 * duration + 0.9 * duration * random.uniform(killed.trials), killed);
    judge(writer, expected, killed);
  }
  kills.set(writer, killed);
  const full = tally();
  for (let i = 0; i < each(values.disks); i++) {
    beginTrial(prepared, trial, writer);
    onFullDisk(writer, 4096 * Math.floor(2 ** (1.4 * i) - 1), full);
    judge(writer, expected, full);
  }
  disks.set(writer, full);
}
rmSync(folder, { recursive: true });
const text = report();
writeFileSync(resolve(packageRoot(), values.out), text);
process.exitCode = [...kills.values(), ...disks.values()].some(({ broken }) => broken.length > 0) ? 1 : 0;

/** Runs the command and kills its process group after some milliseconds, if it still runs. */
function stopAfter(writer: Writer, after: number, found: Tally): Promise<void> {
  const child = spawn(process.execPath, [bench, ...writer.args], { cwd: trial, detached: true, stdio: 'ignore' });
  const timer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), after);
  return new Promise((done) =>
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      found.trials++;
      if (signal !== null) found.stopped++;
      done();
    }),
  );
}

/** Runs the command with its outputs on a disk of memory that has so many bytes left. */
function onFullDisk(writer: Writer, free: number, found: Tally): void {
  const kept = join(folder, 'kept');
  mkdirSync(kept, { recursive: true });
  const size = Math.ceil(OLD.length / 4096 + 8) * 4096 * Math.max(1, writer.replaces.length) + free;
  const script = `mount -t tmpfs -o size=${size} none out && cp -r ${kept}/. out/ && rest=$(df --output=avail -B1 out | tail -1) &&
    head -c $((rest - ${free} > 0 ? rest - ${free} : 0)) /dev/zero > out/filler
    "$@"; code=$?; rm -f out/filler; cp -r out/. ${kept}/; exit $code`;
  rmSync(kept, { recursive: true });
  cpSync(join(trial, 'out'), kept, { recursive: true });
  const { status } = spawnSync(
    'unshare',
    ['--user', '--map-root-user', '--mount', 'bash', '-c', script, 'bash', process.execPath, bench, ...writer.args],
    { cwd: trial, encoding: 'utf8' },
  );
  rmSync(join(trial, 'out'), { recursive: true });
  cpSync(kept, join(trial, 'out'), { recursive: true });
  found.trials++;
  if (status !== 0 && !(writer.name === 'gate' && (status === 3 || status === 4))) found.stopped++;
}

/** Old or whole; then what a repeated command makes of it. */
function judge(writer: Writer, expected: ReadonlyMap<string, Buffer>, found: Tally): void {
  const left = outputsOf(trial, writer);
  for (const path of writer.replaces) {
    const bytes = left.get(path);
    if (bytes?.equals(Buffer.from(OLD))) found.old++;
    else if (bytes?.equals(expected.get(path) as Buffer)) found.whole++;
    else found.broken.push(`${writer.name}: ${path} has ${bytes?.length ?? 'no'} bytes that are neither`);
  }
  const again = finish(trial, bench, writer);
  for (const [path, bytes] of expected) {
    if (again.get(path)?.equals(bytes)) {
      if (writer.resumes.length > 0) found.whole++;
    } else found.broken.push(`${writer.name}: ${path} is another one after the command was repeated`);
  }
  const drafts = leftOvers(trial);
  found.draftsLeft += drafts.length;
  found.broken.push(...drafts.map((path) => `${writer.name}: ${path} is left`));
}

function report(): string {
  const rows = (results: ReadonlyMap<Writer, Tally>) =>
    [...results]
      .map(
        ([{ name }, { trials, stopped, old, whole, broken, draftsLeft }]) =>
          `| ${[name, trials, stopped, old, whole, broken.length, draftsLeft].join(' | ')} |`,
      )
      .join('\n');
  const head =
    '| command | trials | stopped | files as before | whole new files | broken | drafts left |\n|---|---|---|---|---|---|---|';
  const failures = [...kills.values(), ...disks.values()].flatMap(({ broken }) => broken);
  return `# Writers, broken

\`node dist/scripts/break-writers.js --kills ${values.kills} --disks ${values.disks} --seed ${values.seed}\`. Every command that writes is stopped and its files are looked at: a
file that was there must be the old one or the whole new one; the command is then repeated, must end in the bytes of one that nobody stopped
(what resumes goes on where it was), and must leave no draft.

## SIGKILL at a random moment

${head}
${rows(kills)}

## A disk that is full, with 0 to some hundred kilobytes left

${head}
${rows(disks)}
${failures.length === 0 ? '' : `\n${failures.map((each) => `- ${each}\n`).join('')}`}`;
}
