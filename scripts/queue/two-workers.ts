/** Two workers of one thread each against one process of two threads, on the same items, turn about. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Seconds } from '../../src/core/units.ts';
import { packageRoot } from '../../src/files/package-root.ts';
import type { OwnRedis } from './own-redis.ts';
import { differencesOf, type Started, startBench } from './processes.ts';

export interface Turn {
  /** Of one process with two threads. */
  readonly local: Seconds;
  readonly queued: Seconds;
}

/**
 * @param words of a `bench run` on likelihood tasks
 * @param other folder of another build, whose process is timed instead of this one's
 */
export async function twoWorkers(
  redis: OwnRedis,
  words: readonly string[],
  turns: number,
  other: string | null = null,
): Promise<readonly Turn[]> {
  const dataDir = words.indexOf('--data-dir');
  const rows = dataDir === -1 ? [] : words.slice(dataDir, dataDir + 2);
  const workers = [0, 1].map(() => startBench(['worker', '--queue', redis.url, '--threads', '1', ...rows]));
  const folder = mkdtempSync(join(tmpdir(), 'bench-two-workers-'));
  const here = [...words, '--threads', '2'];
  const there = [...words, '--queue', redis.url];
  const measured: Turn[] = [];
  // The first turn loads models and brings files into memory; it does not count.
  for (let turn = 0; turn <= turns; turn++) {
    const [local, queued] = [join(folder, `local-${turn}`), join(folder, `queued-${turn}`)];
    const seconds = { local: await secondsOf(here, local, other), queued: await secondsOf(there, queued, null) };
    // Another build may say other things of a run; here every byte is the same.
    const [difference] = other === null ? differencesOf(queued, local) : [];
    if (difference !== undefined) throw new Error(difference);
    if (turn > 0) measured.push(seconds);
  }
  for (const { process, ended } of workers) {
    process.kill('SIGINT');
    await ended;
  }
  rmSync(folder, { recursive: true });
  return measured;
}

/** Of all its runs, as their sessions say: from the first question to the last record. */
async function secondsOf(words: readonly string[], out: string, build: string | null): Promise<Seconds> {
  const { process, ended, written }: Started = startBench([...words, '--out', out], {}, build ?? packageRoot());
  // A run that a worker refuses would wait for others.
  process.stderr?.on('data', () => / is refused: /.test(written.stderr) && process.kill('SIGINT'));
  if ((await ended) !== 0) throw new Error(written.stderr);
  const texts = readdirSync(out).map((run) => readFileSync(join(out, run, 'environment.json'), 'utf8'));
  return texts.reduce((sum, text) => sum + JSON.parse(text).sessions[0].seconds, 0);
}
