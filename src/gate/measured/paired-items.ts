import { HarnessError } from '../../core/errors.ts';
import type { ValuePair } from '../../stats/paired-values.ts';
import { type Measured, modelOf, taskOf } from './measured.ts';

/** The values of one metric for the items that both runs could score. */
export interface PairedItems {
  /** `value` is the candidate's. In the order of the candidate. */
  readonly pairs: readonly ValuePair[];
  /** Items of both runs that one or both could not score. */
  readonly unscored: number;
  readonly onlyReference: number;
  readonly onlyCandidate: number;
}

/** @throws HarnessError 'bad-arguments' where the runs have no item in common */
export function pairItems(reference: Measured, candidate: Measured, metric: string): PairedItems {
  const theirs = new Map(reference.items.map((item) => [item.id, item]));
  const pairs: ValuePair[] = [];
  let common = 0;
  for (const { id, values, cluster } of candidate.items) {
    const item = theirs.get(id);
    if (item === undefined) continue;
    common++;
    const [value, other] = [values?.[metric], item.values?.[metric]];
    if (value !== undefined && other !== undefined) {
      pairs.push({ id, value, reference: other, cluster: cluster ?? item.cluster });
    }
  }
  if (common === 0) throw nothingInCommon(reference, candidate);
  return {
    pairs,
    unscored: common - pairs.length,
    onlyReference: theirs.size - common,
    onlyCandidate: candidate.items.length - common,
  };
}

function nothingInCommon(reference: Measured, candidate: Measured): HarnessError {
  const first = ({ items }: Measured) => items[0]?.id ?? 'none';
  return new HarnessError(
    'bad-arguments',
    `${taskOf(reference)}: expected items that both runs have, found none (${modelOf(reference)} starts with ${first(reference)}, ${modelOf(candidate)} with ${first(candidate)})`,
    { hint: 'compare runs over the same rows; bench show RUN names the rows and items of a run' },
  );
}
