/** One model on one task as comparisons and gates read it: of a stored run, or of the part that a baseline keeps. */
import type { Nats, Seconds } from '../../core/units.ts';
import type { ClusteredItem } from '../../stats/paired-values.ts';
import type { DecidingLead } from '../../stats/undecided.ts';
import type { MachineFacts } from '../../store/environment.ts';
import type { StoredRun } from '../../store/stored-run.ts';

export interface Measured extends Pick<StoredRun, 'manifest' | 'summary' | 'clusters'> {
  /** Run folder or baseline file, for messages. */
  readonly source: string;
  readonly isBaseline: boolean;
  /** The shift with which its model is meant to be read, where that is known. */
  readonly ownShift?: boolean | null;
  /** The metric by which its task shows it; null where the task names none, see `headlineMetric`. */
  readonly headline: string | null;
  /** Wall time of scoring. */
  readonly seconds: Seconds;
  /** Each machine and set of versions that worked on it, once. */
  readonly machines: readonly MachineFacts[];
  /** In the order of the data set. */
  readonly items: readonly MeasuredItem[];
}

export interface MeasuredItem extends ClusteredItem {
  readonly id: string;
  /** The metrics of the score and those of `derivedValues`; null where the item has no score. */
  readonly values: Readonly<Record<string, number>> | null;
  /** null in a baseline, which keeps no noise. */
  readonly noise: ItemNoise | null;
}

/** How far other masks could move the item. */
export interface ItemNoise {
  /** Of the prediction; null where nothing is chosen. */
  readonly lead: DecidingLead | null;
  /** Monte-Carlo standard error of each metric that is no choice; absent = 0. */
  readonly errors: Readonly<Record<string, Nats>>;
}

export const taskOf = ({ manifest }: Measured): string => manifest.task.name;
export const modelOf = ({ manifest }: Measured): string => manifest.model.name;

/** The families of two runs that are compared. */
export const familiesOf = (pair: Readonly<Record<'reference' | 'candidate', Measured>>) => ({
  reference: pair.reference.manifest.model.family,
  candidate: pair.candidate.manifest.model.family,
});

/** Left to right against diffusion: likelihoods of one side are bounds. */
export function isCrossed(pair: Readonly<Record<'reference' | 'candidate', Measured>>): boolean {
  const { reference, candidate } = familiesOf(pair);
  return reference !== candidate;
}
