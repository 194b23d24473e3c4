/**
 * Layers with a derivative written by hand: fewer passes over memory than the derivative of their spelled-out form. The
 * forward is that of `layers.ts`, with what the backward pass needs kept.
 */
import { once } from '../core/collect.ts';
import * as layers from './layers.ts';
import type { FusedOps, Ops } from './ops.ts';
import * as rules from './shape-rules.ts';
import type { TapeOps } from './tape-ops.ts';
import { whole } from './tape-ops.ts';
import type { Recorder, Traced } from './tape-record.ts';

export const tapeLayers = <T>(ops: Ops<T>, tape: Recorder<T>, traced: TapeOps<T>): Partial<FusedOps<Traced<T>>> => ({
  linear: (x, weight, bias, transposed) => {
    const plain = linear(ops, tape, x, weight, bias, transposed);
    if (weight.lowRank === undefined) return plain;
    const { a, b, scale } = weight.lowRank;
    const inner = linear(ops, tape, x, a, null, true); // [N, r]
    return traced.add(plain, traced.mul(traced.scalar(scale), linear(ops, tape, inner, b, null, true)));
  },
  layerNorm: (x, gain, bias, epsilon) => layerNorm(ops, tape, x, gain, bias, epsilon),
  geluTanh: (x) => geluTanh(ops, tape, x),
  softmax: (x) => {
    const weights = layers.softmax(ops, x.value);
    const back = (g: T): T => {
      const product = ops.mul(g, weights);
      return ops.sub(product, ops.mul(weights, ops.sum(product)));
    };
    return tape.result(weights, x.shape, [[x, (g) => whole(back(g))]]);
  },
  logSoftmax: (x) => {
    const logs = layers.logSoftmax(ops, x.value);
    return tape.result(logs, x.shape, [[x, (g) => whole(ops.sub(g, ops.mul(ops.exp(logs), ops.sum(g))))]]);
  },
  crossEntropy: (logits, targets) => crossEntropy(ops, tape, logits, targets),
  attention: (q, k, v, bias, heads) => attention(ops, tape, q, k, v, bias, heads),
});

function linear<T>(
  ops: Ops<T>,
  tape: Recorder<T>,
  x: Traced<T>,
  weight: Traced<T>,
  bias: Traced<T> | null,
  transposed: boolean,
): Traced<T> {
  const value = layers.linear(ops, x.value, weight.value, bias?.value ?? null, transposed);
  const byWeight = (g: T): T =>
    transposed ? ops.matmul(g, x.value, { transposeA: true }) : ops.matmul(x.value, g, { transposeA: true });
  return tape.result(value, rules.matmulShape(x.shape, weight.shape, { transposeB: transposed }), [
    [x, (g) => whole(ops.matmul(g, weight.value, { transposeB: !transposed }))],
    [weight, (g) => whole(byWeight(g))],
    ...(bias === null ? [] : [[bias, (g: T) => whole(ops.sumTo(g, bias.value))] as const]),
  ]);
}

function layerNorm<T>(
  ops: Ops<T>,
  tape: Recorder<T>,
  x: Traced<T>,
  gain: Traced<T>,
  bias: Traced<T>,
  epsilon: number,
): Traced<T> {
  const width = Number(x.shape.at(-1));
  const parts = layers.layerNormParts(ops, x.value, gain.value, bias.value, width, epsilon);
  const unit = once(() => ops.mul(ops.sub(x.value, parts.mean), parts.inverse)); // before gain and bias
  const mean = (y: T): T => ops.mul(ops.sum(y), ops.scalar(1 / width));
  const byX = (g: T): T => {
    const scaled = ops.mul(g, gain.value);
    const along = ops.mul(unit(), mean(ops.mul(scaled, unit())));
    return ops.mul(ops.sub(ops.sub(scaled, mean(scaled)), along), parts.inverse);
  };
  return tape.result(parts.normed, x.shape, [
    [x, (g) => whole(byX(g))],
    [gain, (g) => whole(ops.sumTo(ops.mul(g, unit()), gain.value))],
    [bias, (g) => whole(ops.sumTo(g, bias.value))],
  ]);
}

/**
 * x h with h = ½(1 + tanh u), u = x(a + a c x²), a = √(2/π), c = 0.044715. As ½(1 − tanh² u) = 2h(1 − h), the derivative
 * is h + (y − y h)(2a + 6 a c x²).
 */
function geluTanh<T>(ops: Ops<T>, tape: Recorder<T>, x: Traced<T>): Traced<T> {
  const [a, c] = [Math.sqrt(2 / Math.PI), 0.044715];
  const polynomial = (constant: number, squared: number): T =>
    ops.add(ops.scalar(constant), ops.mul(ops.scalar(squared), ops.mul(x.value, x.value)));
  const tanh = ops.tanh(ops.mul(x.value, polynomial(a, a * c)));
  const h = ops.add(ops.scalar(0.5), ops.mul(ops.scalar(0.5), tanh));
  const y = ops.mul(x.value, h);
  const slope = (): T => ops.add(h, ops.mul(ops.sub(y, ops.mul(y, h)), polynomial(2 * a, 6 * a * c)));
  return tape.result(y, x.shape, [[x, (g) => whole(ops.mul(g, slope()))]]);
}

function crossEntropy<T>(ops: Ops<T>, tape: Recorder<T>, logits: Traced<T>, targets: Traced<T>): Traced<T> {
  const logs = layers.logSoftmax(ops, logits.value); // [R, V]
  const minus = (x: T): T => ops.mul(ops.scalar(-1), x);
  const back = (g: T): T => {
    const spread = ops.mul(ops.exp(logs), ops.unflatten(g, 1)); // [R, V] times [R, 1]
    return ops.addAt(spread, targets.value, minus(g)); // g (softmax − 1 at the target)
  };
  const value = minus(ops.take(logs, targets.value));
  return tape.result(value, rules.takeShape(logits.shape, targets.shape), [[logits, (g) => whole(back(g))]]);
}

function attention<T>(
  ops: Ops<T>,
  tape: Recorder<T>,
  q: Traced<T>,
  k: Traced<T>,
  v: Traced<T>,
  bias: Traced<T>,
  heads: number,
): Traced<T> {
  const split = (x: T): T => ops.swapMiddle(ops.splitLast(x, heads)); // [B, H, L, D]
  const merge = (x: T): T => ops.mergeLast(ops.swapMiddle(x)); // [B, L, H·D]
  const scale = ops.scalar(1 / Math.sqrt(Number(q.shape.at(-1)) / heads));
  const [queries, keys, values] = [ops.mul(split(q.value), scale), split(k.value), split(v.value)];
  const scores = ops.add(ops.matmul(queries, keys, { transposeB: true }), bias.value);
  const weights = layers.softmax(ops, scores); // [B, H, L, L]
  const mixed = ops.matmul(weights, values); // [B, H, L, D]
  const byScores = perGradient((g: T): T => {
    const out = split(g);
    const byWeights = ops.matmul(out, values, { transposeB: true });
    // Σ over keys of weight · its gradient, taken over D instead of L.
    return ops.mul(weights, ops.sub(byWeights, ops.sum(ops.mul(out, mixed))));
  });
  return tape.result(merge(mixed), q.shape, [
    [q, (g) => whole(merge(ops.mul(ops.matmul(byScores(g), keys), scale)))],
    [k, (g) => whole(merge(ops.matmul(byScores(g), queries, { transposeA: true })))],
    [v, (g) => whole(merge(ops.matmul(weights, split(g), { transposeA: true })))],
    [bias, (g) => whole(ops.sumTo(byScores(g), bias.value))],
  ]);
}

/** What several links need of one gradient, made once for it. */
function perGradient<T>(make: (gradient: T) => T): (gradient: T) => T {
  let made: { readonly gradient: T; readonly value: T } | undefined;
  return (gradient) => {
    if (made?.gradient !== gradient) made = { gradient, value: make(gradient) };
    return made.value;
  };
}
