import { expect, it } from 'vitest';
import { gsm8kLmEvalValues } from './lm-eval.ts';

// What the filters `strict-match` and `flexible-extract` and the metric `exact_match` of lm-evaluation-harness give.
const SOLUTION = 'He has 9*2=<<9*2=18>>18 eggs, 1,018 in all.\n#### 1,018';
it.each([
  ['The answer is\n#### 1,018', 1, 1, 0],
  ['#### 1018. More #### 3', 1, 0, 0],
  ['#### $1018', 0, 1, 1],
  ['It is 1,018.', 0, 1, 1],
  ['It is 1,018, or 7', 0, 0, 1],
  ['####1018', 0, 1, 1],
  ['#### -1018', 0, 0, 0],
  ['nothing', 0, 0, 1],
])('%j: strict %i, flexible %i, without a marked number %i', (text, acc, accFlexible, noAnswer) => {
  expect(gsm8kLmEvalValues(text, SOLUTION)).toEqual({ acc, accFlexible, noAnswer });
});
