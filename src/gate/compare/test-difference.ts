import { stream } from '../../core/numbers/random.ts';
import type { Fraction } from '../../core/units.ts';
import { clusterSums } from '../../stats/intervals/cluster-sums.ts';
import { discordant, isBinary } from '../../stats/intervals/paired-difference.ts';
import type { ValuePair } from '../../stats/paired-values.ts';
import type { Alternative } from '../../stats/tests/alternative.ts';
import { mcNemar } from '../../stats/tests/mcnemar.ts';
import { signFlipTest } from '../../stats/tests/sign-flip-test.ts';
import { tTest } from '../../stats/tests/t-test.ts';

/** `auto`: McNemar for 0/1 values; else signs are permuted up to `MOST_PERMUTED` items, and beyond it is the t test, which they approach. */
export const TESTS = ['auto', 'mcnemar', 'mcnemar-mid-p', 'permutation', 't'] as const;
export type TestName = (typeof TESTS)[number];

const MOST_PERMUTED = 1_000;

export interface TestedDifference {
  readonly p: Fraction;
  /** As shown: `McNemar, exact`. */
  readonly test: string;
}

/**
 * p-value of no difference between paired values.
 *
 * Random signs are drawn from a stream of fixed name: the same values always give the same p.
 *
 * @param alternative of `value − reference`
 * @param clusters name of the cluster of each pair: what is tested is then the sum of each cluster's differences; null = each item
 * @throws RangeError on no pairs, or McNemar's test of values that are not 0 or 1, or of clusters
 */
export function testDifference(
  pairs: readonly ValuePair[],
  name: TestName,
  alternative: Alternative = 'two-sided',
  clusters: readonly string[] | null = null,
): TestedDifference {
  const each = pairs.map(({ value, reference }) => value - reference);
  const differences = clusters === null ? each : clusterSums(each, clusters).map(({ sum }) => sum);
  const test = name === 'auto' ? automatic(pairs, differences, clusters !== null) : name;
  const of = clusters === null ? '' : ' of clusters';
  switch (test) {
    case 'mcnemar':
    case 'mcnemar-mid-p': {
      if (clusters !== null) throw new RangeError('testDifference: McNemar’s test needs independent items');
      if (!isBinary(pairs)) throw new RangeError('testDifference: McNemar’s test needs values of 0 and 1');
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
