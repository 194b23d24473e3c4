/**
 * Many processes find the lock of a dead one at the same moment; never may two hold it.
 *
 *     node dist/scripts/lock-storm.js [--rounds 77] [--processes 8] [--out results/lock-storm.md]
 */
import { spawn, spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/files/package-root.ts';

export interface Storm {
  readonly starts: number;
  /** Starts that held the lock for a while. */
  readonly holders: number;
  /** Times that a second process took a lock which was held. */
  readonly together: number;
  /** Failures of another kind than that the lock is held. */
  readonly failures: readonly string[];
  /** Files left in the folders of the locks. */
  readonly leftOver: readonly string[];
}

/** Waits for the round's mark, tries, and writes down when it held the lock, in a file that only grows. */
const CONTENDER = `
  const { acquireLock } = await import(process.argv[1]);
  const { appendFile, access } = await import('node:fs/promises');
  const [, , folder, go, log] = process.argv;
  while (!(await access(go).then(() => true, () => false))) await new Promise((done) => setTimeout(done, 1));
  try {
    const lock = await acquireLock(folder);
    await appendFile(log, 'take ' + process.pid + '\\n');
    await new Promise((done) => setTimeout(done, 30));
    await appendFile(log, 'leave ' + process.pid + '\\n');
    await lock.release();
  } catch (error) {
    if (error.code !== 'store-locked') await appendFile(log, 'fail ' + error.message + '\\n');
  }`;

/** @throws Error where the project is not built */
export async function lockStorm(rounds: number, processes: number): Promise<Storm> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-storm-'));
  const results = [];
  for (let round = 0; round < rounds; round++) results.push(await oneRound(join(folder, `${round}`), processes));
  await rm(folder, { recursive: true });
  return {
    starts: rounds * processes,
    holders: results.reduce((sum, { holders }) => sum + holders, 0),
    together: results.reduce((sum, { together }) => sum + together, 0),
    failures: results.flatMap(({ failures }) => failures),
    leftOver: results.flatMap(({ leftOver }) => leftOver),
  };
}

async function oneRound(folder: string, processes: number): Promise<Omit<Storm, 'starts'>> {
  const [run, go, log] = [join(folder, 'run'), join(folder, 'go'), join(folder, 'log')];
  await mkdir(run, { recursive: true });
  await writeFile(log, '');
  const dead = { pid: spawnSync('true').pid, host: hostname(), started: null };
  await writeFile(join(run, 'lock'), JSON.stringify(dead));
  const lock = pathToFileURL(join(packageRoot(), 'dist/src/files/folder-lock.js')).href;
  const args = ['--input-type=module', '-e', CONTENDER, lock, run, go, log];
  const ended = Array.from({ length: processes }, () => {
    const contender = spawn(process.execPath, args, { stdio: 'ignore' });
    return new Promise((done) => contender.once('exit', done));
  });
  await new Promise((done) => setTimeout(done, 300));
  await writeFile(go, '');
  await Promise.all(ended);
  const events = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');
  const leftOver = await readdir(run);
  return { ...readEvents(events), leftOver };
}

function readEvents(events: readonly string[]): Omit<Storm, 'starts' | 'leftOver'> {
  const failures: string[] = [];
  const holding = new Set<string>();
  let [holders, together] = [0, 0];
  for (const event of events) {
    const [kind = '', who = ''] = event.split(' ');
    if (kind === 'fail') failures.push(event);
    if (kind === 'leave') holding.delete(who);
    if (kind !== 'take') continue;
    holders++;
    if (holding.size > 0) together++;
    holding.add(who);
  }
  return { holders, together, failures };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '77' },
      processes: { type: 'string', default: '8' },
      out: { type: 'string', default: join(packageRoot(), 'results/lock-storm.md') },
    },
  });
  const storm = await lockStorm(Number(values.rounds), Number(values.processes));
  const text = `# A storm of starts on one stale lock

\`node dist/scripts/lock-storm.js --rounds ${values.rounds} --processes ${values.processes}\`: in each round so many processes try to take over the lock of a process that has ended.

| starts | held the lock | two at once | failures | files left |
|---|---|---|---|---|
| ${storm.starts} | ${storm.holders} | ${storm.together} | ${storm.failures.length} | ${storm.leftOver.length} |
`;
  await writeFile(values.out, text);
  process.exitCode = storm.together + storm.failures.length + storm.leftOver.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
