import { expect, it } from 'vitest';
import { adviceText, enumerationAdvice } from './enumeration-advice.ts';

const times = (count: number, length: number): number[] => Array(count).fill(length);

it('names the passes that enumerate more answers for at most twice the cost', () => {
  // 90 answers of 2 tokens take 3 passes each, 10 of 6 tokens 32 now and 63 then.
  const advice = enumerationAdvice([...times(90, 2), ...times(10, 6)], 32);
  expect(advice).toEqual({
    ...{ answers: 100, exact: 90, passes: 63, exactThen: 100 },
    cost: (90 * 3 + 10 * 63) / (90 * 3 + 10 * 32),
  });
  expect(advice === null ? null : adviceText(advice)).toBe(
    '90 of 100 answers have their likelihood itself, the others a bound; --passes 63 gives it to 100, with about 1.5 times the passes',
  );
});

it('leaves the longest to their bound where they are dear, and takes no more passes than it needs', () => {
  const lengths = [...times(100, 5), ...times(20, 6), ...times(1, 9)];
  expect(enumerationAdvice(lengths, 15)).toBeNull(); // 31 passes for most answers are more than twice 15
  expect(enumerationAdvice(lengths, 31)).toMatchObject({ passes: 511, exactThen: 121 });
  expect(enumerationAdvice([...lengths, ...times(1, 13)], 31)).toMatchObject({ passes: 511, exact: 100 });
});

it('says nothing where all is exact, or nothing is short', () => {
  expect(enumerationAdvice(times(5, 3), 32)).toBeNull();
  expect(enumerationAdvice(times(5, 40), 32)).toBeNull();
  expect(enumerationAdvice([], 32)).toBeNull();
});
