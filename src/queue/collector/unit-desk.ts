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

/**
 * Cuts the items of a run into units, as they are handed out: by the rate that is measured.
 *
 * @param usual items of a unit of a local run
 * @param nameOf name of a unit
 */
export function unitDesk(stretches: Iterable<Stretch>, usual: number, nameOf: (stretch: Stretch) => string) {
  const backlog = new Backlog(stretches);
  /** Handed out, without an answer so far. */
  const out = new Map<string, HandedUnit>();
  const rates = new Rates();
  const hand = (stretch: Stretch): HandedUnit => {
    const unit = { ...stretch, id: nameOf(stretch) };
    out.set(unit.id, unit);
    return unit;
  };
  /** The items of a unit have their answers, whoever handed it out. */
  const answered = (unit: HandedUnit): void => {
    backlog.remove(unit);
    out.delete(unit.id);
  };
  return {
    ...{ rates, answered },
    out: out as ReadonlyMap<string, HandedUnit>,
    /** Items without an answer. */
    get left(): number {
      return [...out.values()].reduce((sum, { count }) => sum + count, backlog.items);
    },
    get isDone(): boolean {
      return out.size === 0 && backlog.items === 0;
    },
    /** The units to hand out now. @param workers how many there are */
    cut(workers: number): readonly HandedUnit[] {
      const each = Math.max(1, workers);
      const { slowest } = rates;
      const most = slowest === null ? 2 * each : AHEAD + (1 + AHEAD_EACH) * each;
      if (out.size > most - (slowest === null ? 1 : AT_ONCE)) return [];
      const units: HandedUnit[] = [];
      while (out.size < most) {
        const stretch = backlog.take(itemsOfUnit(usual, backlog.items / (LEFT_EACH * each), rates));
        if (stretch === null) break;
        units.push(hand(stretch));
      }
      return units;
    },
    /** Units that are longer than they may be, since a worker turned out to be slow. */
    tooLong(): readonly HandedUnit[] {
      const slowest = rates.slowest ?? 0;
      return [...out.values()].filter(({ count }) => count > 1 && count * slowest > LONGEST);
    },
    /** A unit that an earlier collector handed out is as good as one of its own. */
    adopt(unit: HandedUnit): void {
      backlog.remove(unit);
      out.set(unit.id, unit);
    },
    /** Nobody has the unit any more; its items are handed out again. */
    withdrawn(unit: HandedUnit): void {
      if (out.delete(unit.id)) backlog.add(unit);
    },
    /** A unit that failed, as units of one item each: one that cannot be computed takes no others with it. */
    singly(unit: HandedUnit): readonly HandedUnit[] {
      answered(unit);
      return Array.from({ length: unit.count }, (_, i) => hand({ from: unit.from + i, count: 1 }));
    },
  };
}

/** @param left items for each of the last units of each worker */
function itemsOfUnit(usual: number, left: number, { slowest, typical }: Rates): number {
  if (slowest === null || typical === null) return Math.max(1, Math.floor(UNMEASURED * usual));
  const long = Math.max(usual, Math.min(MOST_ITEMS, WORTHWHILE / typical));
  const share = Math.max(left, SHORTEST / typical);
  return Math.max(1, Math.floor(Math.min(AIMED / slowest, long, share)));
}

export type UnitDesk = ReturnType<typeof unitDesk>;
