import { stream } from '../core/random.ts';
import type { Fraction } from '../core/units.ts';
import type { Alternative } from '../stats/alternative.ts';
import { mcNemar } from '../stats/mcnemar.ts';
import { discordant, isBinary } from '../stats/paired-difference.ts';
import type { ValuePair } from '../stats/paired-values.ts';
import { signFlipTest } from '../stats/sign-flip-test.ts';
import { tTest } from '../stats/t-test.ts';

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
 * @throws RangeError on no pairs, or McNemar's test of values that are not 0 or 1
 */
export function testDifference(
  pairs: readonly ValuePair[],
  name: TestName,
  alternative: Alternative = 'two-sided',
): TestedDifference {
  const differences = pairs.map(({ value, reference }) => value - reference);
  const test = name === 'auto' ? automatic(pairs) : name;
  switch (test) {
    case 'mcnemar':
    case 'mcnemar-mid-p': {
      if (!isBinary(pairs)) throw new RangeError('testDifference: McNemar’s test needs values of 0 and 1');
      const { gained, lost } = discordant(pairs);
      const midP = test === 'mcnemar-mid-p';
      return { p: mcNemar(gained, lost, { alternative, midP }), test: midP ? 'McNemar, mid-p' : 'McNemar, exact' };
    }
    case 'permutation': {
      const { p, exact } = signFlipTest(stream(0, 'sign flips'), differences, { alternative });
      return { p, test: exact ? 'permuted signs, exact' : 'permuted signs' };
    }
    case 't':
      return { p: pairs.length < 2 ? 1 : tTest(differences, alternative), test: 'paired t' };
    default:
      return test satisfies never;
  }
}

function automatic(pairs: readonly ValuePair[]): Exclude<TestName, 'auto'> {
  if (isBinary(pairs)) return 'mcnemar';
  return pairs.length <= MOST_PERMUTED ? 'permutation' : 't';
}
