/** Layers, defined once from `Ops`. An engine's fused kernel is used where it has one and must agree with these lines. */
import type { LayerNormParts, Ops } from './ops.ts';

/** `x [N, I] · weight + bias → [N, J]`; weight `[I, J]`, or `[J, I]` when `transposed` (LLaMA's and every head's layout). */
export function linear<T>(ops: Ops<T>, x: T, weight: T, bias: T | null, transposed: boolean): T {
  if (ops.fused.linear) return ops.fused.linear(x, weight, bias, transposed);
  const product = ops.matmul(x, weight, { transposeB: transposed }); // [N, J]
  return bias === null ? product : ops.add(product, bias);
}

/**
 * Logits over a vocabulary, `[R, C] → [R, V]`: x · tableᵀ / temperature + bias, with table `[V, C]`, temperature `[R, 1]`,
 * bias `[V]`. The C hidden values are divided, not the V logits.
 */
export function vocabularyLogits<T>(ops: Ops<T>, x: T, table: T, temperature: T | null, bias: T | null): T {
  return linear(ops, temperature === null ? x : ops.div(x, temperature), table, bias, true);
}

/** (x − mean) / √(variance + ε) · gain + bias over the last axis; the variance divides by C. */
export function layerNorm<T>(ops: Ops<T>, x: T, gain: T, bias: T, width: number, epsilon: number): T {
  if (ops.fused.layerNorm) return ops.fused.layerNorm(x, gain, bias, epsilon);
  return layerNormParts(ops, x, gain, bias, width, epsilon).normed;
}

/** `layerNorm` with each row's mean and 1 / √(variance + ε), which its derivative reads. */
export function layerNormParts<T>(
  ops: Ops<T>,
  x: T,
  gain: T,
  bias: T,
  width: number,
  epsilon: number,
): LayerNormParts<T> {
  if (ops.fused.layerNormParts) return ops.fused.layerNormParts(x, gain, bias, epsilon);
  const mean = ops.div(ops.sum(x), ops.scalar(width)); // [N, 1]
  const centred = ops.sub(x, mean); // [N, C]
  const variance = ops.div(ops.sum(ops.mul(centred, centred)), ops.scalar(width)); // [N, 1]
  const inverse = ops.div(ops.scalar(1), ops.sqrt(ops.add(variance, ops.scalar(epsilon)))); // [N, 1]
  return { normed: ops.add(ops.mul(ops.mul(centred, inverse), gain), bias), mean, inverse };
}

/** x / √(mean(x²) + ε) · gain over the last axis. */
export function rmsNorm<T>(ops: Ops<T>, x: T, gain: T, width: number, epsilon: number): T {
  const meanSquare = ops.div(ops.sum(ops.mul(x, x)), ops.scalar(width)); // [N, 1]
  return ops.mul(ops.div(x, ops.sqrt(ops.add(meanSquare, ops.scalar(epsilon)))), gain);
}

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))), the "gelu_new" of GPT-2. */
export function geluTanh<T>(ops: Ops<T>, x: T): T {
  if (ops.fused.geluTanh) return ops.fused.geluTanh(x);
  const cubic = ops.mul(ops.scalar(0.044715), ops.mul(x, ops.mul(x, x)));
  const inner = ops.tanh(ops.mul(ops.scalar(Math.sqrt(2 / Math.PI)), ops.add(x, cubic)));
  return ops.mul(ops.mul(ops.scalar(0.5), x), ops.add(ops.scalar(1), inner));
}

/** x · sigmoid(x), with sigmoid(x) = ½(1 + tanh(x/2)), which cannot overflow. */
export function silu<T>(ops: Ops<T>, x: T): T {
  const half = ops.mul(ops.scalar(0.5), x);
  return ops.mul(half, ops.add(ops.scalar(1), ops.tanh(half)));
}

/** Softmax over the last axis. */
export function softmax<T>(ops: Ops<T>, x: T): T {
  if (ops.fused.softmax) return ops.fused.softmax(x);
  const weights = ops.exp(ops.sub(x, ops.max(x)));
  return ops.div(weights, ops.sum(weights));
}

/** Log-softmax over the last axis, in nats. */
export function logSoftmax<T>(ops: Ops<T>, x: T): T {
  if (ops.fused.logSoftmax) return ops.fused.logSoftmax(x);
  const shifted = ops.sub(x, ops.max(x));
  return ops.sub(shifted, ops.log(ops.sum(ops.exp(shifted))));
}

/** Far below every logit and log-probability, and finite: infinities would make NaN of a row in some kernels. */
export const NEVER = -1e30;

/** x with entry `excluded` of each row put far below all others: `[R, V] → [R, V]`. */
export function withoutEntry<T>(ops: Ops<T>, x: T, excluded: number, V: number): T {
  const never = ops.stretch(ops.scalar(NEVER), ops.slice(x, excluded, excluded + 1)); // [R, 1]
  return ops.add(x, ops.pad(never, excluded, V - excluded - 1));
}

/** −log softmax(logits) at each row's target, in nats: `[R, V], [R] → [R]`. */
export function crossEntropy<T>(ops: Ops<T>, logits: T, targets: T): T {
  if (ops.fused.crossEntropy) return ops.fused.crossEntropy(logits, targets);
  return ops.mul(ops.scalar(-1), ops.take(logSoftmax(ops, logits), targets));
}

/**
 * Multi-head attention: softmax(q kᵀ / √D + bias) v, head by head.
 *
 * @param q,k,v `[B, L, H·D]`
 * @param bias  `[B, 1, L, L]`, added before the softmax: 0 = may attend, very negative = may not
 * @returns     `[B, L, H·D]`
 */
export function attention<T>(ops: Ops<T>, q: T, k: T, v: T, bias: T, heads: number, headWidth: number): T {
  if (ops.fused.attention) return ops.fused.attention(q, k, v, bias, heads);
  const split = (x: T): T => ops.swapMiddle(ops.splitLast(x, heads)); // [B, H, L, D]
  const scores = ops.div(ops.matmul(split(q), split(k), { transposeB: true }), ops.scalar(Math.sqrt(headWidth)));
  const weights = softmax(ops, ops.add(scores, bias)); // [B, H, L, L]
  return ops.mergeLast(ops.swapMiddle(ops.matmul(weights, split(v))));
}

/** Keys and values of earlier tokens, P slots: `keys [B, H, D, P]`, `values [B, H, P, D]`, `bias [B, 1, 1 or L, P]`. */
export interface Past<T> {
  readonly keys: T;
  readonly values: T;
  readonly bias: T;
}

/**
 * `attention` of new tokens to earlier ones and among themselves: one softmax over both, taken in two parts, so that
 * nothing of the size of the past is copied.
 *
 * @param q,k,v `[B, L, H·D]` of the new tokens
 * @param bias  `[B, 1, L, L]` among the new tokens
 * @returns     `[B, L, H·D]`
 */
export function attentionWithPast<T>(
  ops: Ops<T>,
  q: T,
  k: T,
  v: T,
  bias: T,
  past: Past<T>,
  heads: number,
  headWidth: number,
): T {
  const split = (x: T): T => ops.swapMiddle(ops.splitLast(x, heads)); // [B, H, L, D]
  const queries = ops.div(split(q), ops.scalar(Math.sqrt(headWidth)));
  const pastScores = ops.add(ops.matmul(queries, past.keys), past.bias); // [B, H, L, P]
  const ownScores = ops.add(ops.matmul(queries, split(k), { transposeB: true }), bias); // [B, H, L, L]
  const largest = ops.max(ops.concat(ops.max(pastScores), ops.max(ownScores))); // [B, H, L, 1]
  const pastWeights = ops.exp(ops.sub(pastScores, largest));
  const ownWeights = ops.exp(ops.sub(ownScores, largest));
  const total = ops.add(ops.sum(pastWeights), ops.sum(ownWeights)); // [B, H, L, 1]
  const mixed = ops.add(ops.matmul(pastWeights, past.values), ops.matmul(ownWeights, split(v))); // [B, H, L, D]
  return ops.mergeLast(ops.swapMiddle(ops.div(mixed, total)));
}
