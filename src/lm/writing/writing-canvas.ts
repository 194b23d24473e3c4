/** The place in a row of tokens where an answer is written. */
import type { Writing } from '../../core/question.ts';
import type { Lowered } from '../lowering/lowered.ts';

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
