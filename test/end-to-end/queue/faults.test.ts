/** What breaks while workers compute: the run has the bytes of the local one all the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Cable } from '../../../scripts/queue/cable.ts';
import { hasRedis, OwnRedis } from '../../../scripts/queue/own-redis.ts';
import {
  differencesOf,
  preloaded,
  recordsIn,
  type Started,
  startBench,
  until,
} from '../../../scripts/queue/processes.ts';
import { hasSmallDisks, startOnSmallDisk } from '../../../scripts/queue/small-disk.ts';

/** So many steps T make the units small: one item each, nine of them. */
const WORDS = 'run --models random-diffugpt --tasks siqa --fixtures --passes 63 --steps 5000'.split(' ');

describe.skipIf(!hasRedis)('a run over a queue (needs redis-server)', { timeout: 240_000 }, () => {
  let parent = '';
  let redis: OwnRedis;
  const started: Started[] = [];
  const start = (words: readonly string[], environment = {}) => {
    const one = startBench(words, environment);
    started.push(one);
    return one;
  };
  const worker = (environment = {}) => start(['worker', '--queue', redis.url, '--threads', '1'], environment);
  const collect = (out: string) =>
    start([...WORDS, '--queue', redis.url, '--queue-lock', '2', '--out', join(parent, out)]);
  const stored = (out: string) => recordsIn(join(parent, out));
  const begun = (out: string, records = 1) => until(`${records} records of ${out}`, () => stored(out) >= records);
  const serve = async (name: string, flags: readonly string[] = []) => {
    await redis?.kill();
    const folder = join(parent, name);
    await mkdir(folder);
    redis = await OwnRedis.start(folder, flags);
  };
  const expectWhole = async (out: string, run: Started) => {
    expect(await run.ended, run.written.stderr).toBe(0);
    expect(differencesOf(join(parent, out), join(parent, 'local'))).toEqual([]);
  };

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'bench-faults-'));
    await serve('redis');
    expect(await startBench([...WORDS, '--out', join(parent, 'local')]).ended).toBe(0);
  }, 120_000);
  afterEach(() => {
    for (const { process } of started.splice(0)) process.kill('SIGKILL');
  });
  afterAll(async () => {
    await redis.kill();
    await rm(parent, { recursive: true });
  });

  it('loses nothing where workers are killed', async () => {
    const workers = [worker(), worker()];
    const run = collect('workers');
    for (let kills = 0; kills < 3; kills++) {
      await begun('workers', 1 + 2 * kills);
      await sleep(70 * kills);
      workers[kills % 2]?.process.kill('SIGKILL');
      workers[kills % 2] = worker();
    }
    await expectWhole('workers', run);
  });

  it('goes on where its collector was killed', async () => {
    worker();
    for (const records of [1, 3, 5]) {
      const killed = collect('collector');
      await begun('collector', records);
      killed.process.kill('SIGKILL');
      await killed.ended;
    }
    await expectWhole('collector', collect('collector'));
  });

  it.each([
    ['with its append-only file', 'aof', ['--appendonly', 'yes']],
    ['without one', 'lost', []],
  ])('waits for a Redis that was killed, %s', async (_, name, flags) => {
    await serve(`redis-${name}`, flags);
    worker();
    worker();
    const run = collect(name);
    await begun(name, 2);
    await redis.kill();
    await sleep(8000);
    await redis.restart();
    await expectWhole(name, run);
    await serve(`after-${name}`);
  });

  it('takes what a worker hands in that was stopped for longer than its lock, and compares it', async () => {
    const slow = worker({ ...preloaded('slow-computing'), SLOW_MS: '1500' });
    const run = collect('stopped');
    await begun('stopped');
    await sleep(500); // by now it has the next unit in hand, and a second to go
    slow.process.kill('SIGSTOP');
    worker();
    await until('the unit goes to another', () => run.written.stderr.includes('stopped answering'));
    slow.process.kill('SIGCONT');
    await expectWhole('stopped', run);
  });

  it('survives a cut cable, a slow worker, and clocks that differ by an hour', async () => {
    const cable = await Cable.laid(redis.port);
    const across = ['worker', '--queue', cable.url, '--threads', '1'];
    start(across, preloaded('shifted-clock'));
    start(across, { ...preloaded('slow-computing'), SLOW_MS: '400' });
    const run = collect('cut');
    await begun('cut', 2);
    await cable.cutFor(2000, true);
    await expectWhole('cut', run);
    cable.end();
  });

  it.skipIf(!hasSmallDisks)('goes on where the disk of its collector was full (needs user namespaces)', async () => {
    worker();
    const words = [...WORDS, '--queue', redis.url, '--queue-lock', '2', '--out', join(parent, 'full')];
    const full = startOnSmallDisk(words, join(parent, 'full'), 7 * 4096);
    expect(await full.ended).toBe(1);
    expect(full.written.stderr).toMatch(/no space is left/);
    expect(stored('full')).toBeLessThan(stored('local'));
    await expectWhole('full', collect('full'));
  });

  it('stores a unit that ends every process as unscored, with the reason, and the rest as ever', async () => {
    worker({ NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'poisoned.mjs')).href}` });
    const run = collect('poisoned');
    expect(await run.ended, run.written.stderr).toBe(0);
    const lines = (out: string) => {
      const [name = ''] = readdirSync(join(parent, out));
      return readFileSync(join(parent, out, name, 'records.jsonl'), 'utf8')
        .trimEnd()
        .split('\n');
    };
    const [found, wanted] = [lines('poisoned'), lines('local')];
    const other = found.flatMap((line, i) => (line === wanted[i] ? [] : [JSON.parse(line).record]));
    expect(found).toHaveLength(wanted.length);
    expect(other).toHaveLength(1);
    expect(other[0].score).toMatchObject({
      kind: 'unscored',
      reason: expect.stringMatching(/^the process that computes ended \(SIGKILL\) \(try 3, on \S+\)$/),
    });
  });
});
