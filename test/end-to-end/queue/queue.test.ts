/** Runs whose units workers compute have the bytes of a run on one machine. */

import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, OwnRedis } from '../../../scripts/queue/own-redis.ts';
import { differencesOf, type Started, startBench, until } from '../../../scripts/queue/processes.ts';
import type { QueuedRun } from '../../../src/queue/control.ts';
import { sayGone, sayState, workerStates } from '../../../src/queue/redis/worker-state.ts';
import { runVerb } from '../run-verb.ts';

const TWO_MODELS = 'run --models tiny-gpt2,tiny-diffugpt --tasks stories-choice --limit 150 --passes 4 --steps 4'.split(
  ' ',
);

describe.skipIf(!hasRedis)('a run over a queue (needs redis-server)', { timeout: 180_000 }, () => {
  let parent = '';
  let redis: OwnRedis;
  const started: Started[] = [];
  const start = (words: readonly string[], environment = {}) => {
    const one = startBench(words, environment);
    started.push(one);
    return one;
  };
  const worker = (...flags: string[]) => start(['worker', '--queue', redis.url, '--threads', '1', ...flags]);
  const collect = (out: string, words = TWO_MODELS) =>
    start([...words, '--queue', redis.url, '--out', join(parent, out)]);

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'bench-queue-'));
    redis = await OwnRedis.start(parent);
    expect(await startBench([...TWO_MODELS, '--out', join(parent, 'local')]).ended).toBe(0);
  }, 120_000);
  afterEach(async () => {
    for (const { process } of started.splice(0)) process.kill('SIGKILL');
  });
  afterAll(async () => {
    await redis.kill();
    await rm(parent, { recursive: true });
  });

  it.each([1, 2, 5])(
    'has the same bytes with %i workers, who are named, and leaves nothing in Redis',
    async (count) => {
      const workers = Array.from({ length: count }, () => worker());
      const out = `by-${count}`;
      const run = collect(out);
      expect(await run.ended, run.written.stderr).toBe(0);
      expect(differencesOf(join(parent, out), join(parent, 'local'))).toEqual([]);
      for (const { process } of workers) process.kill('SIGINT');
      for (const { ended } of workers) expect(await ended).toBe(130);
      const [name = ''] = readdirSync(join(parent, out));
      const { sessions } = JSON.parse(await readFile(join(parent, out, name, 'environment.json'), 'utf8'));
      const names = workers.map(({ process }) => expect.stringMatching(new RegExp(`:${process.pid}$`)));
      for (const each of sessions[0].workers) expect(names).toContainEqual(each.name);
      const client = new Redis(redis.port, '127.0.0.1');
      expect((await client.keys('*')).filter((key) => !key.startsWith('bench:collector'))).toEqual([]);
      client.disconnect();
    },
  );

  it('forgets a worker that goes while it is still saying what it does', async () => {
    const client = new Redis(redis.port, '127.0.0.1');
    const state = {
      name: 'host:1',
      cpu: 'a cpu',
      cores: 1,
      doing: 'waiting',
      run: null,
      units: 0,
      items: 0,
      seconds: 0,
    };
    const said = sayState(client, state);
    await Promise.all([said, sayGone(client, state)]);
    expect(await workerStates(client)).toEqual([]);
    expect(await client.keys('bench:worker*')).toEqual([]);
    client.disconnect();
  });

  it('decides races as on one machine, whichever items race side by side', async () => {
    const races = 'run --models tiny-diffugpt --tasks stories-choice --limit 60 --passes auto'.split(' ');
    expect(await startBench([...races, '--out', join(parent, 'races-local')]).ended).toBe(0);
    worker();
    worker();
    const run = collect('races', races);
    expect(await run.ended, run.written.stderr).toBe(0);
    expect(differencesOf(join(parent, 'races'), join(parent, 'races-local'))).toEqual([]);
    const [name = ''] = readdirSync(join(parent, 'races'));
    expect(await readFile(join(parent, 'races', name, 'manifest.json'), 'utf8')).toContain('"race"');
  });

  it('refuses a worker with other weights, by name, and goes on with those that have the same', async () => {
    const other = worker('--models', 'tiny-gpt2=random-gpt2');
    const run = collect('refusing');
    const refused = new RegExp(
      `worker \\S+:${other.process.pid} is refused: expected model\\.\\S+ .*, as the run says, found .* here`,
    );
    // A second worker from the start could end the run before this one has looked at its weights.
    await until('the collector names it', () => refused.test(run.written.stderr));
    const same = worker();
    expect(await run.ended, run.written.stderr).toBe(0);
    expect(differencesOf(join(parent, 'refusing'), join(parent, 'local'))).toEqual([]);
    expect(same.written.stderr).not.toContain('not computed here');
  });

  it('refuses a second collector of the run, on this machine and elsewhere', async () => {
    const first = collect('twice');
    const elsewhere = collect('twice-elsewhere');
    const losers = await Promise.race([first, elsewhere].map(async (each) => ({ each, code: await each.ended })));
    expect(losers.code).toBe(1);
    expect(losers.each.written.stderr).toMatch(/process \d+ on \S+ collects this run already/);
    const [winner, out] = losers.each === first ? [elsewhere, 'twice-elsewhere'] : [first, 'twice'];
    const again = collect(out);
    expect(await again.ended).toBe(1);
    expect(again.written.stderr).toMatch(/is being written by|locked|another process|process \d+/);
    worker();
    expect(await winner.ended).toBe(0);
    expect(differencesOf(join(parent, out), join(parent, 'local'))).toEqual([]);
  });

  it('is shown, paused, drained and cleaned by bench queue', async () => {
    const queue = async (word: string) =>
      JSON.parse((await runVerb('queue', [word], { queue: redis.url, json: true })).stdout);
    const run = collect('controlled');
    await until('its units wait', async () => (await queue('status')).runs[0]?.waiting > 0);
    await queue('pause');
    worker();
    await until('a worker is there', async () => (await queue('status')).workers.length === 1);
    await sleep(2000);
    const [paused] = (await queue('status')).runs;
    expect(paused).toMatchObject({
      state: { items: 150, left: 150, units: 0, stalled: 0 },
      waiting: 2,
      active: 0,
      isPaused: true,
      isCollected: true,
      task: 'stories-choice',
    });
    expect((await runVerb('queue', ['status'], { queue: redis.url })).stdout).toMatch(/paused/);
    await queue('drain');
    expect(await run.ended).not.toBe(null);
    expect(run.written.stdout).toContain('interrupted');
    await until('nobody collects', async () =>
      (await queue('status')).runs.every((each: QueuedRun) => !each.isCollected),
    );
    expect((await queue('clean')).runs.length).toBeGreaterThan(0);
    expect((await queue('status')).runs).toEqual([]);
    expect(await collect('controlled').ended).toBe(0);
    expect(differencesOf(join(parent, 'controlled'), join(parent, 'local'))).toEqual([]);
  });

  it('takes no credentials in the address, and says where none answers', async () => {
    const typed = start([...TWO_MODELS, '--queue', 'redis://me:secret@127.0.0.1:6379']);
    expect(await typed.ended).toBe(2);
    expect(typed.written.stderr).toBe(
      'bench: --queue: expected an address without credentials, found some in it\nhint: set BENCH_QUEUE_USER and BENCH_QUEUE_PASSWORD in the environment\n',
    );
    const nobody = start(['worker', '--queue', 'redis://127.0.0.1:1']);
    expect(await nobody.ended).toBe(1);
    expect(nobody.written.stderr).toMatch(/expected a Redis at redis:\/\/127\.0\.0\.1:1, found .*ECONNREFUSED/);
  });
});
