/** The place in a row of tokens where an answer is written. */
import { lengthOfGold, type Writing } from '../../core/question.ts';
import type { Lowered } from '../lowering/lowered.ts';

/** A row and the positions to be written. With another length than the reference's, so many masks take its place. */
export function writingCanvas(
  lowered: Lowered,
  length: Writing['length'],
  maskId: number,
): { readonly ids: Int32Array; readonly maskable: readonly number[] } {
  const { ids, scored } = lowered;
  const tokens = typeof length === 'number' ? length : (lengthOfGold(length, scored.length) ?? scored.length);
  if (typeof length !== 'number' && tokens === scored.length) return { ids, maskable: scored };
  const [first, last] = [scored[0] as number, scored.at(-1) as number];
  const hole = new Int32Array(tokens).fill(maskId);
  return {
    ids: Int32Array.of(...ids.slice(0, first), ...hole, ...ids.slice(last + 1)),
    maskable: Array.from(hole, (_, i) => first + i),
  };
}
