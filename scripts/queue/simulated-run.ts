/**
 * A run over a queue under a virtual clock: the collector's own rules of cutting units (`UnitDesk`), scripted workers of unlike speed that
 * come, die and come again, and three queues for service: the waiting list, the collector and Redis, each of which does one thing at a time.
 */
import { stream } from '../../src/core/numbers/random.ts';
import type { Fraction, Seconds } from '../../src/core/units.ts';
import { type UnitDesk, unitDesk } from '../../src/queue/collector/unit-desk.ts';
import type { HandedUnit } from '../../src/queue/unit.ts';
import { Agenda } from './agenda.ts';

export interface Setting {
  readonly workers: number;
  /** Of the worker of typical speed, for an item. */
  readonly item: Seconds;
  /** For which all workers together have work. */
  readonly duration: Seconds;
  /** Mean life of a worker; Infinity = none dies. */
  readonly life: Seconds;
  /** Of the collector for a unit (taking, storing, cutting), and of Redis for all that is asked about one. */
  readonly cost: { readonly collector: Seconds; readonly redis: Seconds };
  readonly lock: Seconds;
  readonly seed: number;
}

export interface Simulated {
  /** Items a second over what the workers that live could compute. */
  readonly efficiency: Fraction;
  readonly itemsPerSecond: number;
  readonly units: number;
  /** Items of a unit, at the middle. */
  readonly unitItems: number;
  /** Longest that a unit took to be computed. */
  readonly longest: Seconds;
  /** Units that went to another worker. */
  readonly stalled: number;
  /** Share of its time for which the collector, and Redis, were busy. */
  readonly busy: { readonly collector: Fraction; readonly redis: Fraction };
  readonly seconds: Seconds;
}

/** Items of a unit of a local run, as for models whose items take a quarter of a second. */
const USUAL = 16;
/** Between a result and its being looked for; a new worker after one that died; loading of a model. */
const [POLL, REPLACED, LOADING]: readonly Seconds[] = [0.1, 60, 20];

export function simulateRun(setting: Setting): Simulated {
  return new SimulatedRun(setting).run();
}

interface Worker {
  readonly name: string;
  /** Seconds an item. */
  readonly pace: Seconds;
  diesAt: Seconds;
  /** Seconds in which it lived while there was work. */
  lived: Seconds;
  bornAt: Seconds;
}

class SimulatedRun {
  readonly #setting: Setting;
  readonly #agenda = new Agenda();
  readonly #desk: UnitDesk;
  readonly #waiting: HandedUnit[] = [];
  readonly #idle: Worker[] = [];
  readonly #workers: readonly Worker[];
  readonly #results: { readonly unit: HandedUnit; readonly worker: Worker; readonly seconds: Seconds }[] = [];
  readonly #sizes: number[] = [];
  readonly #items: number;
  readonly #redis = { freeAt: 0, busy: 0 };
  #collectorBusy: Seconds = 0;
  #longest: Seconds = 0;
  #stalled = 0;
  #draws = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    const { workers, item, duration, seed } = setting;
    this.#items = Math.round((workers * duration) / item);
    this.#desk = unitDesk([{ from: 0, count: this.#items }], USUAL, ({ from, count }) => `${from}+${count}`);
    this.#workers = Array.from({ length: workers }, (_, i) => ({
      name: `worker-${i}`,
      // From 0.7 to 1.4 times the typical pace.
      pace: item * 2 ** (stream(seed, 'pace', i).uniform(0) - 0.5),
      ...{ diesAt: Number.POSITIVE_INFINITY, bornAt: 0, lived: 0 },
    }));
  }

  run(): Simulated {
    for (const worker of this.#workers) this.#born(worker);
    this.#agenda.at(0, () => this.#collect());
    while (!this.#desk.isDone) this.#agenda.next();
    const { now } = this.#agenda;
    const able = this.#workers.reduce(
      (sum, each) => sum + (each.lived + Math.max(0, now - each.bornAt)) / each.pace,
      0,
    );
    const sizes = this.#sizes.toSorted((a, b) => a - b);
    return {
      efficiency: this.#items / able,
      itemsPerSecond: this.#items / now,
      units: sizes.length,
      unitItems: sizes[sizes.length >> 1] ?? 0,
      longest: this.#longest,
      stalled: this.#stalled,
      busy: { collector: this.#collectorBusy / now, redis: this.#redis.busy / now },
      seconds: now,
    };
  }

  /** One turn of the collector: hands out, takes what there is, and looks again. */
  #collect(): void {
    const units = this.#desk.cut(this.#workers.length);
    const taken = this.#results.splice(0, 16);
    for (const { unit, worker, seconds } of taken) {
      this.#desk.rates.note(worker.name, unit.count, seconds);
      this.#desk.answered(unit);
    }
    const cost = this.#setting.cost.collector * taken.length;
    this.#collectorBusy += cost;
    this.#waiting.push(...units);
    this.#serve();
    this.#agenda.after(taken.length > 0 ? cost : (POLL as Seconds), () => this.#collect());
  }

  /** Workers that wait take units that wait. */
  #serve(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const [worker, unit] = [this.#idle.shift() as Worker, this.#waiting.shift() as HandedUnit];
      if (worker.diesAt > this.#agenda.now) this.#agenda.at(this.#throughRedis(), () => this.#compute(worker, unit));
      else this.#waiting.unshift(unit);
    }
  }

  #compute(worker: Worker, unit: HandedUnit): void {
    const { now } = this.#agenda;
    const seconds = worker.pace * unit.count;
    this.#sizes.push(unit.count);
    this.#longest = Math.max(this.#longest, seconds);
    if (worker.diesAt > now + seconds) {
      this.#agenda.after(seconds, () => {
        this.#results.push({ unit, worker, seconds });
        this.#idle.push(worker);
        this.#serve();
      });
    } else {
      // Its lock ends a lock's time after it was last renewed; the keeper looks every half of that.
      const late = this.#setting.lock * (1 + 0.5 * this.#uniform());
      this.#agenda.at(worker.diesAt + late, () => {
        this.#stalled++;
        this.#waiting.unshift(unit);
        this.#serve();
      });
    }
  }

  /** When all that is asked of Redis about one unit is done. */
  #throughRedis(): Seconds {
    const { redis } = this.#setting.cost;
    this.#redis.freeAt = Math.max(this.#redis.freeAt, this.#agenda.now) + redis;
    this.#redis.busy += redis;
    return this.#redis.freeAt;
  }

  #born(worker: Worker): void {
    const { now } = this.#agenda;
    worker.bornAt = now;
    worker.diesAt = now - this.#setting.life * Math.log(1 - this.#uniform());
    this.#agenda.after(LOADING as Seconds, () => {
      this.#idle.push(worker);
      this.#serve();
    });
    if (!Number.isFinite(worker.diesAt)) return;
    this.#agenda.at(worker.diesAt, () => {
      worker.lived += this.#agenda.now - worker.bornAt;
      worker.bornAt = Number.POSITIVE_INFINITY;
      const at = this.#idle.indexOf(worker);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#agenda.after(REPLACED as Seconds, () => this.#born(worker));
    });
  }

  #uniform(): number {
    return stream(this.#setting.seed, 'chance').uniform(this.#draws++);
  }
}
