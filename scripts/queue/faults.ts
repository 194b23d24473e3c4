/** What breaks, how often, and what was seen of it beside that nothing is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Cable } from './cable.ts';
import { preloaded, recordsIn, type Started, until } from './processes.ts';
import { hasSmallDisks, startOnSmallDisk } from './small-disk.ts';
import type { Stage } from './stage.ts';

export interface Fault {
  readonly name: string;
  /** How often it is to happen, in a trial of full size. */
  readonly times: number;
  /** Where it happens `times` times. @returns what was seen, in a few words */
  readonly happens: (stage: Stage, times: number) => Promise<string>;
}

/** A unit takes so long at least, without work for the processor: moments fall into it. */
const SLOW = { ...preloaded('slow-computing'), SLOW_MS: '400' };

export const FAULTS: readonly Fault[] = [
  { name: 'a worker is killed (SIGKILL), at random moments', times: 50, happens: killWorkers },
  { name: 'the collector is killed (SIGKILL), at random moments', times: 20, happens: killCollectors },
  {
    name: 'Redis is killed and comes back after 8 s, with its append-only file',
    times: 3,
    happens: loseRedis(['yes']),
  },
  { name: 'Redis is killed and comes back after 8 s, empty', times: 3, happens: loseRedis(['no']) },
  { name: 'the network is cut for 10 s, connections go on', times: 2, happens: cutNetwork(false) },
  { name: 'the network is cut for 10 s, connections are lost', times: 2, happens: cutNetwork(true) },
  { name: 'a worker is stopped (SIGSTOP) for longer than its lock', times: 4, happens: stopWorkers },
  { name: 'a worker is slow: 15 s a unit beside 0.4 s', times: 2, happens: slowWorker },
  { name: 'the disk of the collector is full', times: 4, happens: fillDisk },
  { name: 'a second collector of the run', times: 4, happens: collectTwice },
  {
    name: 'clocks differ by an hour: one worker ahead, one behind, the collector ahead',
    times: 2,
    happens: shiftClocks,
  },
];

/** One that has a unit in hand, whichever. */
async function killWorkers(stage: Stage, times: number): Promise<string> {
  const workers = [stage.worker(SLOW), stage.worker(SLOW), stage.worker(SLOW)];
  let [kills, rounds] = [0, 0];
  while (kills < times) {
    const out = `workers-${rounds++}`;
    const run = stage.collect(out);
    await stage.begun(out);
    while (kills < times && !hasEnded(run)) {
      await until('a worker computes', async () => hasEnded(run) || (await computing(stage, workers)) !== undefined);
      await stage.wait(0, 1500);
      const victim = await computing(stage, workers);
      if (hasEnded(run) || victim === undefined) continue;
      await killed(victim);
      workers[workers.indexOf(victim)] = stage.worker(SLOW);
      kills++;
    }
    await stage.whole(out, run);
  }
  return `${kills} kills`;
}

/** One of those that say that they compute: the others may not have begun, or wait. */
async function computing(stage: Stage, workers: readonly Started[]): Promise<Started | undefined> {
  const names = await stage.computing();
  return stage.oneOf(workers.filter(({ process }) => names.some((name) => name.endsWith(`:${process.pid}`))));
}

async function killCollectors(stage: Stage, times: number): Promise<string> {
  stage.worker(SLOW);
  stage.worker(SLOW);
  let [kills, rounds, midway] = [0, 0, 0];
  while (kills < times) {
    const out = `collectors-${rounds++}`;
    let run = stage.collect(out);
    while (kills < times && !hasEnded(run)) {
      await stage.wait(500, 20_000);
      if (hasEnded(run)) break;
      await killed(run);
      kills++;
      if (recordsIn(stage.at(out)) > 0) midway++;
      run = stage.collect(out);
    }
    await stage.whole(out, run);
  }
  return `${kills} kills, ${midway} of them with records stored`;
}

function loseRedis([appends = '']: readonly string[]) {
  return async (stage: Stage, times: number): Promise<string> => {
    await stage.clear(`append-${appends}`, ['--appendonly', appends]);
    stage.worker(SLOW);
    stage.worker(SLOW);
    for (let time = 0; time < times; time++) {
      const out = `redis-${appends}-${time}`;
      const run = stage.collect(out);
      await stage.begun(out);
      await stage.wait(0, 2000);
      await stage.redis.kill();
      await sleep(8000);
      await stage.redis.restart();
      await stage.whole(out, run);
    }
    return 'workers and collector wait';
  };
}

function cutNetwork(broken: boolean) {
  return async (stage: Stage, times: number): Promise<string> => {
    const cable = await Cable.laid(stage.redis.port);
    stage.worker(SLOW, cable.url);
    stage.worker(SLOW, cable.url);
    for (let time = 0; time < times; time++) {
      const out = `cut-${broken}-${time}`;
      const run = stage.collect(out, {}, time % 2 === 0 ? stage.redis.url : cable.url);
      await stage.begun(out);
      await stage.wait(0, 2000);
      await cable.cutFor(10_000, broken);
      await stage.whole(out, run);
    }
    cable.end();
    return 'of the workers, then of all';
  };
}

async function stopWorkers(stage: Stage, times: number): Promise<string> {
  const workers = [stage.worker(SLOW), stage.worker(SLOW)];
  let late = 0;
  for (let time = 0; time < times; time++) {
    const out = `stopped-${time}`;
    const run = stage.collect(out);
    await stage.begun(out);
    await stage.wait(0, 1000);
    const slow = workers[time % 2] as Started;
    slow.process.kill('SIGSTOP');
    const goesOn = () => run.written.stderr.includes('stopped answering') || hasEnded(run);
    await until('its unit goes to another', goesOn, 120_000);
    if (!hasEnded(run)) late++;
    slow.process.kill('SIGCONT');
    await stage.whole(out, run);
  }
  return `${late} times its unit was another's when it went on`;
}

async function slowWorker(stage: Stage, times: number): Promise<string> {
  stage.worker({ ...SLOW, SLOW_MS: '15000' });
  stage.worker(SLOW);
  for (let time = 0; time < times; time++) await stage.whole(`slow-${time}`, stage.collect(`slow-${time}`));
  return 'its lock is renewed';
}

async function fillDisk(stage: Stage, times: number): Promise<string> {
  if (!hasSmallDisks) return 'not tried: this system lets nobody mount a disk';
  stage.worker(SLOW);
  stage.worker(SLOW);
  let stored = 0;
  for (let time = 0; time < times; time++) {
    const out = `full-${time}`;
    const full = startOnSmallDisk(stage.words(out), stage.at(out), 4096 * (6 + 3 * time));
    if ((await full.ended) === 0) stage.differences.push(`${out}: the disk was large enough`);
    if (!full.written.stderr.includes('no space is left')) stage.differences.push(`${out}: ${full.written.stderr}`);
    stored += recordsIn(stage.at(out));
    await stage.whole(out, stage.collect(out));
  }
  return `${stored} items were stored before, in one sentence each time`;
}

async function collectTwice(stage: Stage, times: number): Promise<string> {
  for (let time = 0; time < times; time++) {
    const [first, other] = [`twice-${time}`, `twice-${time}-elsewhere`];
    const run = stage.collect(first);
    await until('it collects', async () => run.written.stderr !== '' || hasEnded(run), 60_000).catch(() => {});
    const second = stage.collect(time % 2 === 0 ? other : first);
    const codes = [await second.ended];
    if (codes[0] !== 1 || !/collects this run already|process \d+/.test(second.written.stderr)) {
      stage.differences.push(`${other}: ended with ${codes[0]}: ${second.written.stderr}`);
    }
    const workers = [stage.worker(), stage.worker()];
    await stage.whole(first, run);
    for (const each of workers) await killed(each);
  }
  return 'the second is refused: from another folder by Redis, from the same one by its lock';
}

async function shiftClocks(stage: Stage, times: number): Promise<string> {
  const clock = preloaded('shifted-clock');
  stage.worker(clock);
  stage.worker({ ...clock, CLOCK_AHEAD_MS: '-3600000' });
  for (let time = 0; time < times; time++) {
    const out = `clocks-${time}`;
    await stage.whole(out, stage.collect(out, time % 2 === 0 ? {} : clock));
  }
  return '';
}

const hasEnded = ({ process }: Started): boolean => process.exitCode !== null || process.signalCode !== null;

async function killed({ process, ended }: Started): Promise<void> {
  process.kill('SIGKILL');
  await ended;
}
