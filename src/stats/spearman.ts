import { mean } from './sum.ts';

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, tied values sharing the mean of theirs.
 *
 * @param x any numbers; @param y as many
 * @returns −1..1; null where one side is constant or there are fewer than two pairs
 * @source Spearman 1904; ties as in Kendall & Gibbons, Rank Correlation Methods (1990), section 3.8
 */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) throw new RangeError(`spearman: ${x.length} and ${y.length} values`);
  const [a, b] = [centred(ranks(x)), centred(ranks(y))];
  const scale = Math.sqrt(dot(a, a) * dot(b, b));
  return scale === 0 ? null : dot(a, b) / scale;
}

/** 1 for the smallest value; equal values get the mean of the ranks that they span. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) found[order[at]!] = (from + 1 + to) / 2;
    from = to;
  }
  return found;
}

function centred(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const middle = mean(values);
  return values.map((value) => value - middle);
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
