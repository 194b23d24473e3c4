/**
 * One question asked three times, the model knowing less of the answer's length each time: exactly (an oracle), to ten tokens, not at all.
 * Reports say what knowing the length is worth (`lengthTold`).
 */
import type { View, Writing } from '#harness';

/** What the published article adds to the true length of TriviaQA's answers. */
const FURTHER = 10;

/** What ends a text whose length is not known. */
type Ends = Pick<Writing, 'stops' | 'endsAtEos'>;

/** An answer in one line. */
export const ONE_LINE: Ends = { stops: ['\n'], endsAtEos: true };

/**
 * `oracle`, `oracle-10` and `canvas-ROOM`, the first of `order` under the name `default`.
 *
 * @param room tokens of a canvas whatever the answer
 */
export function lengthViews(
  view: View,
  room: number,
  ends: Ends,
  order: 'oracle-first' | 'canvas-first',
): readonly View[] {
  const oracle: Partial<Writing> = { length: 'gold', stops: [], endsAtEos: false };
  const near: Partial<Writing> = { length: `gold+${FURTHER}`, ...ends };
  const canvas: Partial<Writing> = { length: room, ...ends };
  const named = (name: string, writing: Partial<Writing>): View => ({ ...view, name, writing });
  return order === 'oracle-first'
    ? [named('default', oracle), named(`oracle-${FURTHER}`, near), named(`canvas-${room}`, canvas)]
    : [named('default', canvas), named(`oracle-${FURTHER}`, near), named('oracle', oracle)];
}
