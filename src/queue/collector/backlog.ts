import type { Stretch } from '../unit.ts';

/** Items of a run that nobody computes, as stretches of its order. */
export class Backlog {
  /** The last one first; no two touch or overlap. */
  #stretches: Stretch[] = [];
  #items = 0;

  constructor(stretches: Iterable<Stretch>) {
    for (const each of stretches) this.add(each);
  }

  get items(): number {
    return this.#items;
  }

  /** The next items, at most `most`; null where none is left. */
  take(most: number): Stretch | null {
    const next = this.#stretches.pop();
    if (next === undefined) return null;
    const count = Math.min(most, next.count);
    if (count < next.count) this.#stretches.push({ from: next.from + count, count: next.count - count });
    this.#items -= count;
    return { from: next.from, count };
  }

  /** Adds items; those that are there already stay as they are. */
  add(stretch: Stretch): void {
    this.remove(stretch);
    const at = this.#stretches.findIndex(({ from }) => from < stretch.from);
    const place = at < 0 ? this.#stretches.length : at;
    const [after, before] = [this.#stretches[place - 1], this.#stretches[place]];
    const joinsAfter = after !== undefined && after.from === endOf(stretch);
    const joinsBefore = before !== undefined && endOf(before) === stretch.from;
    const from = joinsBefore ? before.from : stretch.from;
    const end = joinsAfter ? endOf(after) : endOf(stretch);
    const joined = Number(joinsAfter) + Number(joinsBefore);
    this.#stretches.splice(joinsAfter ? place - 1 : place, joined, { from, count: end - from });
    this.#items += stretch.count;
  }

  /** Takes items out, as far as they are there. */
  remove(stretch: Stretch): void {
    const touched = this.#stretches.filter((each) => overlap(each, stretch) > 0);
    if (touched.length === 0) return;
    this.#stretches = this.#stretches.flatMap((each) => (overlap(each, stretch) > 0 ? without(each, stretch) : [each]));
    this.#items -= touched.reduce((sum, each) => sum + overlap(each, stretch), 0);
  }
}

const endOf = ({ from, count }: Stretch): number => from + count;
const overlap = (a: Stretch, b: Stretch): number => Math.min(endOf(a), endOf(b)) - Math.max(a.from, b.from);

/** What is left of a stretch, the later part first. */
function without(whole: Stretch, hole: Stretch): readonly Stretch[] {
  const later = { from: endOf(hole), count: endOf(whole) - endOf(hole) };
  const earlier = { from: whole.from, count: hole.from - whole.from };
  return [later, earlier].filter(({ count }) => count > 0);
}
