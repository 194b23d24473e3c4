/**
 * The ways in which a layer attends: to its own tokens (`attendWithin`), and to earlier ones too, whose keys and values stand beside its
 * own (`attendToPast`) or among them, at their places (`attendAmongKept`).
 */
import { attention, attentionWithPast } from '../tensor/layers.ts';
import type { Ops, TensorSpec } from '../tensor/ops.ts';
import type { Attend, HeadShape } from './architecture.ts';

/** Attention among the tokens of the program's own sequences. */
export function attendWithin<T>(ops: Ops<T>, { heads, keyValueHeads, headWidth }: HeadShape, bias: T): Attend<T> {
  const spread = (x: T): T => spreadHeads(ops, x, keyValueHeads, heads);
  return (_, q, k, v, own) => attention(ops, q, spread(k), spread(v), own?.bias ?? bias, heads, headWidth);
}

export type PastTensor = `pastKeys.${number}` | `pastValues.${number}`;
export type PresentTensor = `keys.${number}` | `values.${number}`;

/** What a program with a past reads besides a net's inputs: P slots a sequence. Keys lie transposed, ready for the product. */
export function pastInputs(
  layers: number,
  { keyValueHeads, headWidth }: HeadShape,
): Readonly<Record<PastTensor | 'pastBias', TensorSpec>> {
  const inputs: Record<string, TensorSpec> = {
    // 0 where the slot holds a token of the sequence's past, `CLOSED` where it is empty.
    pastBias: { dtype: 'float32', dims: ['B', 1, 1, 'P'] },
  };
  for (let layer = 0; layer < layers; layer++) {
    inputs[`pastKeys.${layer}`] = { dtype: 'float32', dims: ['B', keyValueHeads, headWidth, 'P'] };
    inputs[`pastValues.${layer}`] = { dtype: 'float32', dims: ['B', keyValueHeads, 'P', headWidth] };
  }
  return inputs as Record<PastTensor | 'pastBias', TensorSpec>;
}

/** What a program with a past puts out besides its readings: keys and values of the new tokens alone, slot by slot. */
export function presentOutputs(
  layers: number,
  { keyValueHeads, headWidth }: HeadShape,
): Readonly<Record<PresentTensor, TensorSpec>> {
  const spec: TensorSpec = { dtype: 'float32', dims: ['B', 'L', keyValueHeads * headWidth] };
  const names = Array.from({ length: layers }, (_, layer) => [`keys.${layer}`, `values.${layer}`]).flat();
  return Object.fromEntries(names.map((name) => [name, spec])) as Record<PresentTensor, TensorSpec>;
}

/**
 * Attention to the past and, as `bias` allows, among the new tokens.
 *
 * @param present receives the keys and values of every layer that attended
 */
export function attendToPast<T>(
  ops: Ops<T>,
  { heads, keyValueHeads, headWidth }: HeadShape,
  bias: T,
  past: Readonly<Record<PastTensor | 'pastBias', T>>,
  present: Record<PresentTensor, T>,
): Attend<T> {
  const repeat = (x: T): T => (keyValueHeads === heads ? x : ops.repeatHeads(x, heads / keyValueHeads));
  const spread = (x: T): T => spreadHeads(ops, x, keyValueHeads, heads);
  return (layer, q, k, v, own) => {
    present[`keys.${layer}`] = k;
    present[`values.${layer}`] = v;
    const earlier = {
      keys: repeat(past[`pastKeys.${layer}`] as T), // [B, H, D, P]
      values: repeat(past[`pastValues.${layer}`] as T), // [B, H, P, D]
      bias: own?.pastBias ?? past.pastBias, // [B, 1, 1 or L, P]
    };
    return attentionWithPast(ops, q, spread(k), spread(v), own?.bias ?? bias, earlier, heads, headWidth);
  };
}

export type KeptTensor = `keptKeys.${number}` | `keptValues.${number}`;
export type KeptInput = KeptTensor | 'keptPlaces' | 'keptSlots' | 'bias';

/**
 * What a program among kept tokens reads besides a net's inputs. A sequence has L slots of its own tokens, as ever, and S of all its
 * tokens, kept ones first; the table of keys, and that of values, has M rows, one for each token of each sequence and one for empty slots.
 */
export function keptInputs(
  layers: number,
  { keyValueHeads, headWidth }: HeadShape,
): Readonly<Record<KeptInput, TensorSpec>> {
  const inputs: Record<string, TensorSpec> = {
    // 0 where slot `l` may attend to slot `s` of the whole sequence, `CLOSED` where not.
    bias: { dtype: 'float32', dims: ['B', 1, 'L', 'S'] },
    // For each own slot, the row of the table that it fills: zeros until then.
    keptPlaces: { dtype: 'int32', dims: ['B', 'L'] },
    // For each slot of the whole sequence, its row of the table.
    keptSlots: { dtype: 'int32', dims: ['B', 'S'] },
  };
  for (let layer = 0; layer < layers; layer++) {
    inputs[`keptKeys.${layer}`] = { dtype: 'float32', dims: ['M', keyValueHeads * headWidth] };
    inputs[`keptValues.${layer}`] = { dtype: 'float32', dims: ['M', keyValueHeads * headWidth] };
  }
  return inputs as Record<KeptInput, TensorSpec>;
}

/**
 * Attention of own tokens to all tokens of their sequence, kept ones and own ones, as `bias` allows. Bit for bit that of `attendWithin`
 * where all tokens are own: every key and value stands in the slot in which it would stand there, so each sum has the same terms in the
 * same order, and the same kernel takes it; there are fewer queries, and what a kernel makes of a query depends on no other.
 *
 * @param present receives the keys and values of every layer's own tokens
 * @throws TypeError for a layer that sees less than the others
 */
export function attendAmongKept<T>(
  ops: Ops<T>,
  { heads, keyValueHeads, headWidth }: HeadShape,
  kept: Readonly<Record<KeptInput, T>>,
  present: Record<PresentTensor, T>,
): Attend<T> {
  const whole = (table: T, own: T): T => {
    const filled = ops.addRows(table, kept.keptPlaces, own); // [M, G·D]
    return spreadHeads(ops, ops.gather(filled, kept.keptSlots), keyValueHeads, heads); // [B, S, H·D]
  };
  return (layer, q, k, v, own) => {
    if (own !== undefined) throw new TypeError('a layer that sees less than the others keeps no keys and values');
    present[`keys.${layer}`] = k;
    present[`values.${layer}`] = v;
    const keys = whole(kept[`keptKeys.${layer}`] as T, k);
    const values = whole(kept[`keptValues.${layer}`] as T, v);
    return attention(ops, q, keys, values, kept.bias, heads, headWidth);
  };
}

/** Gives every query head its own copy of the key or value head it shares: `[B, L, G·D] → [B, L, H·D]`. */
function spreadHeads<T>(ops: Ops<T>, x: T, groups: number, heads: number): T {
  if (groups === heads) return x;
  const split = ops.swapMiddle(ops.splitLast(x, groups)); // [B, G, L, D]
  return ops.mergeLast(ops.swapMiddle(ops.repeatHeads(split, heads / groups)));
}
