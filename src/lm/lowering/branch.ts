/** The alternatives of a question as branches of one sequence. */
import type { Read, Sequence } from '../forward/sequence.ts';
import { predictingRow } from '../shift.ts';
import type { Lowered } from './lowered.ts';

/**
 * One sequence that holds all alternatives of a question: their common prefix is computed once, and each is a branch that sees the prefix and
 * itself. And which of its reads belong to which.
 */
export interface BranchedSequence {
  readonly sequence: Sequence;
  /** First read of each alternative; alternative i owns reads `firstRead[i]` up to `firstRead[i + 1]`. */
  readonly firstRead: readonly number[];
}

/** @throws RangeError when an answer starts at the first token (see `requirePrediction`) */
export function branch(alternatives: readonly Lowered[]): BranchedSequence {
  const prefix = commonPrefix(alternatives.map((alternative) => alternative.ids));
  const lengths = alternatives.map((alternative) => alternative.ids.length - prefix);
  const total = prefix + lengths.reduce((sum, length) => sum + length, 0);
  const ids = new Int32Array(total);
  const positions = new Int32Array(total);
  const reads: Read[] = [];
  const firstRead: number[] = [];
  let start = prefix;
  alternatives.forEach((alternative, i) => {
    const slotOf = (position: number): number => (position < prefix ? position : start + position - prefix);
    alternative.ids.forEach((id, position) => {
      ids[slotOf(position)] = id;
      positions[slotOf(position)] = position;
    });
    firstRead.push(reads.length);
    for (const position of alternative.scored) {
      const row = predictingRow(position, true);
      if (row === null) throw new RangeError('branch: nothing predicts the first token');
      reads.push({ row: slotOf(row), target: alternative.ids[position] as number });
    }
    start += lengths[i] as number;
  });
  return { sequence: { ids, positions, attention: { kind: 'branches', prefix, branches: lengths }, reads }, firstRead };
}

/** How many tokens sequences begin with alike. */
function commonPrefix(sequences: readonly Int32Array[]): number {
  const [first, ...rest] = sequences;
  if (first === undefined) return 0;
  let length = first.length;
  for (const other of rest) {
    let same = 0;
    while (same < Math.min(length, other.length) && first[same] === other[same]) same += 1;
    length = same;
  }
  return length;
}
