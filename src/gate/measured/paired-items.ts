import { badArguments, type HarnessError } from '../../core/errors.ts';
import { heldUnder } from '../../metrics/exact-counterpart.ts';
import type { ValuePair } from '../../stats/paired-values.ts';
import { type Measured, type MeasuredItem, modelOf, taskOf } from './measured.ts';

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
  const [mine, its] = [valuesUnder(candidate, metric), valuesUnder(reference, metric)];
  for (const item of candidate.items) {
    const other = theirs.get(item.id);
    if (other === undefined) continue;
    common++;
    const [value, before] = [mine(item), its(other)];
    if (value !== undefined && before !== undefined) {
      pairs.push({ id: item.id, value, reference: before, cluster: item.cluster ?? other.cluster });
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

/** An item's value of a metric, which autoregressive models may hold under another name. */
function valuesUnder({ manifest }: Measured, metric: string): (item: MeasuredItem) => number | undefined {
  return ({ values }) => {
    const name = values === null ? null : heldUnder(metric, manifest.model.family, (each) => each in values);
    return name === null ? undefined : values?.[name];
  };
}

function nothingInCommon(reference: Measured, candidate: Measured): HarnessError {
  const first = ({ items }: Measured) => items[0]?.id ?? 'none';
  return badArguments(
    `${taskOf(reference)}: expected items that both runs have, found none (${modelOf(reference)} starts with ${first(reference)}, ${modelOf(candidate)} with ${first(candidate)})`,
    'compare runs over the same rows; bench show RUN names the rows and items of a run',
  );
}
