/** A Redis, workers and collectors of one machine, to be broken; and what a local run gives, to hold what comes out against. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RandomStream, stream } from '../../src/core/numbers/random.ts';
import type { Milliseconds } from '../../src/core/units.ts';
import { connectQueue } from '../../src/queue/redis/connect.ts';
import { workerStates } from '../../src/queue/redis/worker-state.ts';
import { OwnRedis } from './own-redis.ts';
import { differencesOf, recordsIn, type Started, startBench, until } from './processes.ts';

/** A worker that does not answer for so long loses its unit: a slow machine must not look like a dead one. */
const LOCK = '4';
/** A machine that has other work takes so long at most for a run of seconds. */
const PATIENCE: Milliseconds = 600_000;

export class Stage {
  redis: OwnRedis;
  readonly #folder: string;
  readonly #words: readonly string[];
  readonly #random: RandomStream;
  #draws = 0;
  #started: Started[] = [];
  /** What came out otherwise, and what should not have been said. */
  readonly differences: string[] = [];
  /** Warnings that two workers disagree. */
  notReproduced = 0;
  /** Runs of one command that were held against the local ones. */
  compared = 0;
  /** How often a unit went to another worker. */
  stalled = 0;

  private constructor(folder: string, words: readonly string[], redis: OwnRedis, seed: number) {
    this.#folder = folder;
    this.#words = words;
    this.redis = redis;
    this.#random = stream(seed, 'break-queue');
  }

  /** @param words of a `bench run`, which is run here once */
  static async set(folder: string, words: readonly string[], seed: number): Promise<Stage> {
    mkdirSync(join(folder, 'redis'), { recursive: true });
    const stage = new Stage(folder, words, await OwnRedis.start(join(folder, 'redis')), seed);
    const local = startBench([...words, '--out', join(folder, 'local')]);
    if ((await local.ended) !== 0) throw new Error(`the local run failed: ${local.written.stderr}`);
    return stage;
  }

  at(out: string): string {
    return join(this.#folder, out);
  }

  worker(environment = {}, url = this.redis.url): Started {
    return this.#start(['worker', '--queue', url, '--threads', '1'], environment);
  }

  /** Of `bench run`, into a folder of that name. */
  words(out: string, url = this.redis.url): readonly string[] {
    return [...this.#words, '--queue', url, '--queue-lock', LOCK, '--out', this.at(out)];
  }

  collect(out: string, environment = {}, url = this.redis.url): Started {
    return this.#start(this.words(out, url), environment);
  }

  /** A moment between two, drawn from the seed. */
  async wait(least: Milliseconds, most: Milliseconds): Promise<void> {
    await sleep(least + (most - least) * this.#random.uniform(this.#draws++));
  }

  /** Drawn from the seed; undefined where there is none. */
  oneOf<Element>(elements: readonly Element[]): Element | undefined {
    return elements[Math.floor(elements.length * this.#random.uniform(this.#draws++))];
  }

  /** Names of the workers that have units in hand. */
  async computing(): Promise<readonly string[]> {
    const connection = await connectQueue(this.redis.url);
    const states = await workerStates(connection.redis);
    connection.close();
    return states.filter(({ doing }) => doing === 'computing').map(({ name }) => name);
  }

  begun(out: string, records = 1): Promise<void> {
    return until(`${records} records of ${out}`, () => recordsIn(this.at(out)) >= records, PATIENCE);
  }

  /** Waits for a collector, and holds what it stored against the local runs. */
  async whole(out: string, { ended, written }: Started): Promise<void> {
    const code = await ended;
    this.stalled += written.stderr.split('stopped answering').length - 1;
    if (code !== 0) this.differences.push(`${out}: ended with ${code}: ${written.stderr.slice(-500)}`);
    this.compared += readdirSync(this.at('local')).length;
    this.differences.push(...differencesOf(this.at(out), this.at('local')).map((each) => `${out}: ${each}`));
    this.differences.push(...unscoredIn(this.at(out)).map((each) => `${out}: ${each}`));
    this.notReproduced += warningsIn(this.at(out));
  }

  /** Nobody is left; a new Redis is there. */
  async clear(name: string, flags: readonly string[] = []): Promise<void> {
    for (const { process, ended } of this.#started.splice(0)) {
      process.kill('SIGKILL');
      await ended;
    }
    await this.redis.kill();
    mkdirSync(this.at(`redis-${name}`), { recursive: true });
    this.redis = await OwnRedis.start(this.at(`redis-${name}`), flags);
  }

  #start(words: readonly string[], environment: Readonly<Record<string, string>>): Started {
    const one = startBench(words, environment);
    this.#started.push(one);
    return one;
  }
}

/** Reasons of items that were given up. */
function unscoredIn(out: string): readonly string[] {
  const texts = readdirSync(out).map((run) => readFileSync(join(out, run, 'records.jsonl'), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/"kind":"unscored","reason":"[^"]*"/g)].map(([found]) => found));
}

function warningsIn(out: string): number {
  const texts = readdirSync(out).map((run) => readFileSync(join(out, run, 'environment.json'), 'utf8'));
  return texts.reduce((sum, text) => sum + text.split('"not-reproduced"').length - 1, 0);
}
