/** How sure a net is of its predictions, as samplers go by it when they choose positions. */
import { NEVER } from '../tensor/layers.ts';
import type { Ops } from '../tensor/ops.ts';

/** Of log-probabilities `[R, V]`: the largest, −Σ p ln p, and the difference of the two largest probabilities. */
export function certainties<T>(ops: Ops<T>, logprobs: T): Readonly<Record<'confidences' | 'entropies' | 'margins', T>> {
  const best = ops.argmax(logprobs); // [R]
  const confidences = ops.take(logprobs, best); // [R]
  const entropies = ops.flatten(ops.mul(ops.scalar(-1), ops.sum(ops.mul(ops.exp(logprobs), logprobs)))); // [R]
  const never = ops.stretch(ops.scalar(NEVER), confidences); // [R]
  const second = ops.flatten(ops.max(ops.addAt(logprobs, best, never))); // [R]
  return { confidences, entropies, margins: ops.sub(ops.exp(confidences), ops.exp(second)) };
}
