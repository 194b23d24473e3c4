import type { Estimate } from '../../core/estimate.ts';
import { stream } from '../../core/numbers/random.ts';
import type { Fraction } from '../../core/units.ts';
import type { ValuePair } from '../paired-values.ts';
import { bcaBootstrap } from './bca-bootstrap.ts';
import { clusterRobustInterval } from './cluster-robust-interval.ts';
import { meanInterval } from './mean-interval.ts';
import { pairedDifference } from './paired-difference.ts';
import { percentileBootstrap } from './percentile-bootstrap.ts';

/** `auto`: Tango's score interval for 0/1 values of independent items, else Student's t. */
export const PAIRED_INTERVALS = ['auto', 't', 'percentile', 'bca'] as const;
export type PairedIntervalName = (typeof PAIRED_INTERVALS)[number];

export interface PairedIntervalOptions {
  readonly interval: PairedIntervalName;
  readonly confidence?: Fraction;
  /** Name of the cluster of each pair; null = independent items. */
  readonly clusters?: readonly string[] | null;
  readonly unscored?: number;
}

/**
 * Mean of `value − reference` with the interval asked for. Resamples are drawn from a stream of fixed name: the same values
 * always give the same interval.
 *
 * @throws RangeError on no pairs, a confidence outside 0..1, or for `auto` and `t` fewer than two clusters
 */
export function pairedInterval(pairs: readonly ValuePair[], options: PairedIntervalOptions): Estimate {
  const { interval, confidence = 0.95, clusters = null, unscored = 0 } = options;
  if (interval === 'auto' && clusters === null) {
    const side = (pick: 'value' | 'reference') => pairs.map((pair) => ({ id: pair.id, value: pair[pick] }));
    return pairedDifference(side('value'), side('reference'), confidence, unscored);
  }
  const differences = pairs.map(({ value, reference }) => value - reference);
  const estimate = intervalOf(interval, differences, clusters, confidence, unscored);
  return { ...estimate, method: estimate.method.replace('mean', 'paired difference') };
}

function intervalOf(
  interval: PairedIntervalName,
  differences: readonly number[],
  clusters: readonly string[] | null,
  confidence: Fraction,
  unscored: number,
): Estimate {
  switch (interval) {
    case 'auto':
    case 't':
      return clusters === null
        ? meanInterval(differences, confidence, unscored)
        : clusterRobustInterval(differences, clusters, confidence, unscored);
    case 'percentile':
      return percentileBootstrap(resamples(), differences, { confidence, clusters, unscored });
    case 'bca':
      return bcaBootstrap(resamples(), differences, { confidence, clusters, unscored });
    default:
      return interval satisfies never;
  }
}

const resamples = () => stream(0, 'resampled differences');
