/** The place in a row of tokens where an answer is written. */
import { HarnessError } from '../core/errors.ts';
import type { Family, Writing } from '../core/question.ts';
import type { Tokens } from '../core/units.ts';
import type { Lowered } from './lower.ts';

/** A row and the positions to be written. With a fixed length, so many masks take the place of the reference. */
export function writingCanvas(
  lowered: Lowered,
  length: Writing['length'],
  maskId: number,
): { readonly ids: Int32Array; readonly maskable: readonly number[] } {
  const { ids, scored } = lowered;
  if (typeof length !== 'number') return { ids, maskable: scored };
  const [first, last] = [scored[0] as number, scored.at(-1) as number];
  const hole = new Int32Array(length).fill(maskId);
  return {
    ids: Int32Array.of(...ids.slice(0, first), ...hole, ...ids.slice(last + 1)),
    maskable: Array.from(hole, (_, i) => first + i),
  };
}

/**
 * Refuses a place that the model cannot read to its end, or in which nothing can be written.
 *
 * @throws HarnessError 'context-overflow'
 */
export function requireRoom(
  { ids, scored }: Lowered,
  { length }: Pick<Writing, 'length'>,
  family: Family,
  contextLength: Tokens,
): void {
  if (typeof length !== 'number') return;
  const [first, last] = [scored[0] as number, scored.at(-1) as number];
  // A left-to-right model stops at the end of its context; it only needs a prompt that leaves room for one token.
  const tokens = family === 'autoregressive' ? first + 1 : ids.length - (last + 1 - first) + length;
  if (tokens <= contextLength) return;
  throw new HarnessError('context-overflow', `${tokens} tokens do not fit the model's ${contextLength}`);
}
