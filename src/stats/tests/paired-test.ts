import { stream } from '../../core/numbers/random.ts';
import type { Fraction } from '../../core/units.ts';
import { type ClusterLayout, clusterTotals } from '../clustered/cluster-layout.ts';
import { clusteredTest } from '../clustered/clustered-test.ts';
import { discordant, isBinary } from '../intervals/tango-interval.ts';
import type { ValuePair } from '../paired-values.ts';
import { type Alternative, mcNemar } from './mcnemar.ts';
import { signFlipTest } from './sign-flip-test.ts';
import { tTest } from './t-test.ts';

/**
 * `auto`: McNemar for 0/1 values of independent items, `clusteredTest` for values in 0..1 of items in clusters. For others signs
 * are permuted up to `MOST_PERMUTED` items or clusters, and beyond it is the t test, which they approach.
 */
export const TESTS = ['auto', 'mcnemar', 'mcnemar-mid-p', 'permutation', 't'] as const;
export type TestName = (typeof TESTS)[number];

const MOST_PERMUTED = 1_000;

export interface PairedTest {
  readonly p: Fraction;
  /** As shown: `McNemar, exact`. */
  readonly test: string;
}

export interface PairedTestOptions {
  /** The values are shares, fractions or other values in 0..1. */
  readonly isBounded: boolean;
  readonly test?: TestName;
  /** Of `value − reference`. */
  readonly alternative?: Alternative;
}

/**
 * p-value of no difference between paired values. Where items are in clusters, permuted signs and t are of the sum of each
 * cluster's differences.
 *
 * Random signs are drawn from a stream of fixed name: the same values always give the same p.
 *
 * @throws RangeError on no pairs, pairs that do not fit the layout, or McNemar's test of values that are not 0 or 1, or of clusters
 */
export function pairedTest(
  layout: ClusterLayout,
  pairs: readonly ValuePair[],
  { isBounded, test: name = 'auto', alternative = 'two-sided' }: PairedTestOptions,
): PairedTest {
  const isClustered = layout.count < layout.n;
  const each = pairs.map(({ value, reference }) => value - reference);
  if (name === 'auto' && isClustered && isBounded) {
    return { p: clusteredTest(layout, each, alternative), test: 'score test over clusters' };
  }
  const differences = isClustered ? [...clusterTotals(layout, each)] : each;
  const test = name === 'auto' ? automatic(pairs, differences, isClustered) : name;
  const of = isClustered ? ' of clusters' : '';
  switch (test) {
    case 'mcnemar':
    case 'mcnemar-mid-p': {
      if (isClustered) throw new RangeError('pairedTest: McNemar’s test needs independent items');
      if (!isBinary(pairs)) throw new RangeError('pairedTest: McNemar’s test needs values of 0 and 1');
      const { gained, lost } = discordant(pairs);
      const midP = test === 'mcnemar-mid-p';
      return { p: mcNemar(gained, lost, { alternative, midP }), test: midP ? 'McNemar, mid-p' : 'McNemar, exact' };
    }
    case 'permutation': {
      const { p, exact } = signFlipTest(stream(0, 'sign flips'), differences, { alternative });
      return { p, test: `permuted signs${of}${exact ? ', exact' : ''}` };
    }
    case 't':
      return { p: differences.length < 2 ? 1 : tTest(differences, alternative), test: `paired t${of}` };
    default:
      return test satisfies never;
  }
}

function automatic(
  pairs: readonly ValuePair[],
  differences: readonly number[],
  isClustered: boolean,
): Exclude<TestName, 'auto'> {
  if (!isClustered && isBinary(pairs)) return 'mcnemar';
  return differences.length <= MOST_PERMUTED ? 'permutation' : 't';
}
