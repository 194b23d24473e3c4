/** How sure a net is of its predictions, as samplers go by it when they choose positions. */
import { NEVER } from '../tensor/layers.ts';
import type { Ops } from '../tensor/ops.ts';

export type Measure = 'confidence' | 'entropy' | 'margin';

/** Of log-probabilities `[R, V]`, by row: the largest. */
export const confidences = <T>(ops: Ops<T>, logprobs: T): T => ops.flatten(ops.max(logprobs));

/** −Σ p ln p. */
export const entropies = <T>(ops: Ops<T>, logprobs: T): T =>
  ops.flatten(ops.mul(ops.scalar(-1), ops.sum(ops.mul(ops.exp(logprobs), logprobs))));

/** The difference of the two largest probabilities. */
export function margins<T>(ops: Ops<T>, logprobs: T): T {
  const best = ops.argmax(logprobs); // [R]
  const largest = ops.take(logprobs, best); // [R]
  const never = ops.stretch(ops.scalar(NEVER), largest); // [R]
  const second = ops.flatten(ops.max(ops.addAt(logprobs, best, never))); // [R]
  return ops.sub(ops.exp(largest), ops.exp(second));
}
