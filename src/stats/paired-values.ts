/** An item that may share something (a problem, a passage) with others. */
export interface ClusteredItem {
  /** Name of what it shares; null or absent = stands alone. */
  readonly cluster?: string | null | undefined;
}

/** The value of one item under one condition. */
export interface ItemValue extends ClusteredItem {
  readonly id: string;
  readonly value: number;
}

/** The two values of one item. */
export interface ValuePair extends ClusteredItem {
  readonly id: string;
  readonly value: number;
  readonly reference: number;
}

/**
 * Brings two conditions together by item id, in the order of the first. Both must have the same items, each once: what
 * is compared on other items is not paired.
 *
 * @throws RangeError on no items, an id that is there twice, or an id that only one side has
 */
export function pairedValues(values: readonly ItemValue[], reference: readonly ItemValue[]): readonly ValuePair[] {
  if (values.length === 0) throw new RangeError('pairedValues: needs at least one item, got none');
  const byId = index(reference);
  const pairs = [...index(values).values()].map(({ id, value, cluster }) => {
    const other = byId.get(id);
    if (other === undefined) throw new RangeError(`pairedValues: item ${id} has no value under the reference`);
    return { id, value, reference: other.value, cluster };
  });
  const known = new Set(pairs.map(({ id }) => id));
  const left = reference.find(({ id }) => !known.has(id));
  if (left !== undefined) throw new RangeError(`pairedValues: item ${left.id} has a value under the reference only`);
  return pairs;
}

function index(values: readonly ItemValue[]): ReadonlyMap<string, ItemValue> {
  const byId = new Map<string, ItemValue>();
  for (const item of values) {
    if (byId.has(item.id)) throw new RangeError(`pairedValues: item ${item.id} is there twice`);
    byId.set(item.id, item);
  }
  return byId;
}
