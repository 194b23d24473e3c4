/**
 * Exact log-likelihood under a causal model: Σ log p(token | everything before). The alternatives of a question share
 * their common prefix: it is computed once, and each alternative is a branch that sees the prefix and itself.
 */
import type { AlternativeScore } from '../../core/response.ts';
import type { Read, ReadAnswers, Sequence } from '../forward/sequence.ts';
import type { Lowered } from '../lowering/lowered.ts';
import { predictingRow } from '../shift.ts';

/** One sequence that holds all alternatives, and which of its reads belong to which. */
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

/** The scores of each alternative from the readings of its branched sequence. Sums are taken in float64. */
export function scoreBranches(
  alternatives: readonly Lowered[],
  { sequence, firstRead }: BranchedSequence,
  readings: ReadAnswers,
): readonly AlternativeScore[] {
  return alternatives.map((alternative, i) => {
    const from = firstRead[i] as number;
    const to = firstRead[i + 1] ?? sequence.reads.length;
    const tokenLogprobs = Array.from(readings.logprobs.subarray(from, to));
    const isGreedy = sequence.reads.slice(from, to).every(({ target }, r) => readings.best[from + r] === target);
    return {
      tokens: alternative.scored.length,
      crossing: alternative.crossing,
      quantities: { loglikelihood: { value: tokenLogprobs.reduce((sum, logprob) => sum + logprob, 0), stderr: 0 } },
      tokenLogprobs,
      exact: true,
      greedy: isGreedy,
    };
  });
}

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
