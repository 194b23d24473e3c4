import type { Seconds } from '../../core/units.ts';
import type { HandedUnit, Stretch } from '../unit.ts';
import { Backlog } from './backlog.ts';
import { Rates } from './rates.ts';

/** What an interruption may lose: no unit is longer, by what the slowest worker takes for an item. */
export const LONGEST: Seconds = 60;
/** Units are cut for half of that, as some items take longer than those before them. */
const AIMED: Seconds = LONGEST / 2;
/** Where items are fast, units are longer than a local run's: handing one out takes some milliseconds. */
const WORTHWHILE: Seconds = 5;
const MOST_ITEMS = 1024;
/** Towards the end every worker is left so many units, that none waits long for the last one; shorter ones are not worth handing out. */
const LEFT_EACH = 3;
const SHORTEST: Seconds = 0.1;
/** Units that wait, for each worker and beside: nobody waits for one to be cut. So many are cut at once. */
const [AHEAD_EACH, AHEAD, AT_ONCE] = [2, 32, 16];
/**
 * Part of a local run's unit that is handed out until something was measured. Such a unit holds 4e11 floating-point operations at most, as
 * `unitSize` estimates it: of this part, a worker that does a billion of them a second makes a minute.
 */
const UNMEASURED = 1 / 8;

/** Cuts the items of a run into units, as they are handed out: by the rate that is measured. */
export class UnitDesk {
  readonly #backlog: Backlog;
  /** Handed out, without an answer so far. */
  readonly #out = new Map<string, HandedUnit>();
  readonly #usual: number;
  readonly #nameOf: (stretch: Stretch) => string;
  readonly rates = new Rates();

  /**
   * @param usual items of a unit of a local run
   * @param nameOf name of a unit
   */
  constructor(stretches: Iterable<Stretch>, usual: number, nameOf: (stretch: Stretch) => string) {
    this.#backlog = new Backlog(stretches);
    this.#usual = usual;
    this.#nameOf = nameOf;
  }

  /** Items without an answer. */
  get left(): number {
    return [...this.#out.values()].reduce((sum, { count }) => sum + count, this.#backlog.items);
  }

  get isDone(): boolean {
    return this.#out.size === 0 && this.#backlog.items === 0;
  }

  get out(): ReadonlyMap<string, HandedUnit> {
    return this.#out;
  }

  /** The units to hand out now. @param workers how many there are */
  cut(workers: number): readonly HandedUnit[] {
    const each = Math.max(1, workers);
    const { slowest, typical } = this.rates;
    const most = slowest === null ? 2 * each : AHEAD + (1 + AHEAD_EACH) * each;
    if (this.#out.size > most - (slowest === null ? 1 : AT_ONCE)) return [];
    const units: HandedUnit[] = [];
    while (this.#out.size < most) {
      const stretch = this.#backlog.take(this.#items(each, slowest, typical));
      if (stretch === null) break;
      units.push(this.#hand(stretch));
    }
    return units;
  }

  /** Units that are longer than they may be, since a worker turned out to be slow. */
  tooLong(): readonly HandedUnit[] {
    const { slowest } = this.rates;
    if (slowest === null) return [];
    return [...this.#out.values()].filter(({ count }) => count > 1 && count * slowest > LONGEST);
  }

  /** A unit that an earlier collector handed out is as good as one of its own. */
  adopt(unit: HandedUnit): void {
    this.#backlog.remove(unit);
    this.#out.set(unit.id, unit);
  }

  /** Nobody has the unit any more; its items are handed out again. */
  withdrawn(unit: HandedUnit): void {
    if (this.#out.delete(unit.id)) this.#backlog.add(unit);
  }

  /** The items of a unit have their answers, whoever handed it out. */
  answered(unit: HandedUnit): void {
    this.#backlog.remove(unit);
    this.#out.delete(unit.id);
  }

  /** A unit that failed, as units of one item each: one that cannot be computed takes no others with it. */
  singly(unit: HandedUnit): readonly HandedUnit[] {
    this.answered(unit);
    return Array.from({ length: unit.count }, (_, i) => this.#hand({ from: unit.from + i, count: 1 }));
  }

  #hand(stretch: Stretch): HandedUnit {
    const unit = { ...stretch, id: this.#nameOf(stretch) };
    this.#out.set(unit.id, unit);
    return unit;
  }

  #items(workers: number, slowest: Seconds | null, typical: Seconds | null): number {
    if (slowest === null || typical === null) return Math.max(1, Math.floor(UNMEASURED * this.#usual));
    const long = Math.max(this.#usual, Math.min(MOST_ITEMS, WORTHWHILE / typical));
    const share = Math.max(this.#backlog.items / (LEFT_EACH * workers), SHORTEST / typical);
    return Math.max(1, Math.floor(Math.min(AIMED / slowest, long, share)));
  }
}
