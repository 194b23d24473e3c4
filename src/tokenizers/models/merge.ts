/** Byte-pair merging: again and again the pair of lowest rank becomes one symbol, of equal ranks the one furthest left. */
import type { MergeTable } from './merge-table.ts';

/** The symbols of a word and where each ends in it, changed in place. */
export interface Symbols {
  ids: number[];
  ends: number[];
}

/** Up to here looking at all pairs is faster than keeping them in order. */
const FEW = 48;

/** Merges until no pair can be merged. */
export function mergeSymbols(symbols: Symbols, table: MergeTable): void {
  if (symbols.ids.length <= FEW) mergeFew(symbols, table);
  else mergeMany(symbols, table);
}

/** In the order of the definition: quadratic in the length. */
export function mergeFew(symbols: Symbols, table: MergeTable): void {
  const { ids, ends } = symbols;
  const { find, ranks, merged } = table;
  const slots: number[] = [];
  for (let at = 0; at + 1 < ids.length; at++) slots.push(find(ids[at] as number, ids[at + 1] as number));
  for (;;) {
    let best = -1;
    let bestRank = Number.POSITIVE_INFINITY;
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as number;
      if (slot < 0 || (ranks[slot] as number) >= bestRank) continue;
      best = at;
      bestRank = ranks[slot] as number;
    }
    if (best < 0) return;
    ids[best] = merged[slots[best] as number] as number;
    remove(ids, best + 1);
    remove(ends, best);
    remove(slots, best);
    if (best > 0) slots[best - 1] = find(ids[best - 1] as number, ids[best] as number);
    if (best < slots.length) slots[best] = find(ids[best] as number, ids[best + 1] as number);
  }
}

/** Several times faster than `splice` on arrays of a few numbers. */
function remove(values: number[], index: number): void {
  for (let at = index; at + 1 < values.length; at++) values[at] = values[at + 1] as number;
  values.pop();
}

/** With a heap of pairs over a linked list: n log n. */
export function mergeMany(symbols: Symbols, table: MergeTable): void {
  const { ids, ends } = symbols;
  const after = ids.map((_, at) => at + 1);
  const before = ids.map((_, at) => at - 1);
  const alive = ids.map(() => true);
  const heap = new PairHeap();
  const offer = (left: number) => {
    const right = after[left] ?? ids.length;
    if (right >= ids.length) return;
    const slot = table.find(ids[left] as number, ids[right] as number);
    if (slot >= 0) heap.push({ rank: table.ranks[slot] as number, left, slot });
  };
  for (let at = 0; at + 1 < ids.length; at++) offer(at);
  for (let pair = heap.pop(); pair !== undefined; pair = heap.pop()) {
    const { left, slot } = pair;
    const right = after[left] as number;
    const stale = !alive[left] || right >= ids.length || table.find(ids[left] as number, ids[right] as number) !== slot;
    if (stale) continue;
    ids[left] = table.merged[slot] as number;
    ends[left] = ends[right] as number;
    alive[right] = false;
    after[left] = after[right] as number;
    if ((after[left] as number) < ids.length) before[after[left] as number] = left;
    offer(before[left] as number);
    offer(left);
  }
  symbols.ids = ids.filter((_, at) => alive[at]);
  symbols.ends = ends.filter((_, at) => alive[at]);
}

interface Pair {
  readonly rank: number;
  readonly left: number;
  readonly slot: number;
}

const earlier = (a: Pair, b: Pair): boolean => a.rank < b.rank || (a.rank === b.rank && a.left < b.left);

/** A binary heap: the earliest pair comes first. */
class PairHeap {
  readonly #pairs: Pair[] = [];

  push(pair: Pair): void {
    const pairs = this.#pairs;
    let at = pairs.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!earlier(pair, pairs[parent] as Pair)) break;
      pairs[at] = pairs[parent] as Pair;
      at = parent;
    }
    pairs[at] = pair;
  }

  pop(): Pair | undefined {
    const pairs = this.#pairs;
    const [first] = pairs;
    const last = pairs.pop();
    if (first === undefined || last === undefined || pairs.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= pairs.length) break;
      if (child + 1 < pairs.length && earlier(pairs[child + 1] as Pair, pairs[child] as Pair)) child++;
      if (!earlier(pairs[child] as Pair, last)) break;
      pairs[at] = pairs[child] as Pair;
      at = child;
    }
    pairs[at] = last;
    return first;
  }
}
