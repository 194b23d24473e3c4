/** Which pairs of tokens are merged, how early, and into what: a hash table in typed arrays. */
export interface MergeTable {
  /** Slot of a pair; -1 where the pair is not merged. */
  readonly find: (left: number, right: number) => number;
  /** By slot: merges of low rank come first. */
  readonly ranks: Int32Array;
  /** By slot: the token that the pair becomes. */
  readonly merged: Int32Array;
}

export type Merges = readonly (string | readonly [string, string])[];

/**
 * @param prefix what tokens inside a word begin with (`continuing_subword_prefix`); it goes where two are joined
 * @param refuse throws for a merge (its place in the list) of, or into, a token that the vocabulary lacks
 */
export function createMergeTable(
  merges: Merges,
  idOf: ReadonlyMap<string, number>,
  prefix: string,
  refuse: (rank: number, absent: string) => never,
): MergeTable {
  const capacity = 2 ** Math.ceil(Math.log2(merges.length * 2 + 2));
  const lefts = new Int32Array(capacity).fill(-1);
  const [rights, ranks, merged] = [new Int32Array(capacity), new Int32Array(capacity), new Int32Array(capacity)];
  /** The slot of the pair, or the free one where it would stand. */
  const slotOf = (left: number, right: number): number => {
    let slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) & (capacity - 1);
    while (lefts[slot] !== -1 && (lefts[slot] !== left || rights[slot] !== right)) slot = (slot + 1) & (capacity - 1);
    return slot;
  };
  for (const [rank, merge] of merges.entries()) {
    const [left, right] = typeof merge === 'string' ? halves(merge) : merge;
    const joined = left + (prefix !== '' && right.startsWith(prefix) ? right.slice(prefix.length) : right);
    const [leftId, rightId, joinedId] = [idOf.get(left), idOf.get(right), idOf.get(joined)];
    if (leftId === undefined || rightId === undefined || joinedId === undefined) {
      refuse(rank, [left, right, joined].find((token) => !idOf.has(token)) ?? '');
    }
    const slot = slotOf(leftId, rightId);
    [lefts[slot], rights[slot], ranks[slot], merged[slot]] = [leftId, rightId, rank, joinedId];
  }
  const find = (left: number, right: number): number => {
    const slot = slotOf(left, right);
    return lefts[slot] === -1 ? -1 : slot;
  };
  return { find, ranks, merged };
}

function halves(merge: string): readonly [string, string] {
  const blank = merge.indexOf(' ');
  return [merge.slice(0, blank), merge.slice(blank + 1)];
}
