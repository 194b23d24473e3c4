import { expect, it } from 'vitest';
import { independent, layoutOf } from '../clustered/cluster-layout.ts';
import { clusteredTest } from '../clustered/clustered-test.ts';
import { type PairedTestOptions, pairedTest } from './paired-test.ts';

const pairs = (values: readonly number[]) => values.map((value, i) => ({ id: String(i), value, reference: 0 }));
const tested = (values: readonly number[], options: Partial<PairedTestOptions> = {}) =>
  pairedTest(independent(values.length), pairs(values), { isBounded: false, ...options });

it('chooses the test by the values and their number', () => {
  expect(tested([0, 1, 1])).toEqual({ p: expect.closeTo(0.5, 12), test: 'McNemar, exact' });
  expect(tested([0.5, 1.5, 2])).toEqual({ p: 0.25, test: 'permuted signs, exact' });
  expect(tested(Array.from({ length: 40 }, (_, i) => i - 10.5)).test).toBe('permuted signs');
  expect(tested(Array.from({ length: 1001 }, (_, i) => i - 400.5)).test).toBe('paired t');
});

it('does as it is told', () => {
  // Mid-p of 2 gained of 2: 2 (1/4 − 1/8)
  expect(tested([0, 1, 1], { test: 'mcnemar-mid-p' })).toEqual({ p: expect.closeTo(0.25, 12), test: 'McNemar, mid-p' });
  expect(tested([0.5, 1.5, 2], { test: 'permutation', alternative: 'less' }).p).toBe(1);
  expect(tested([1], { test: 't' }).p).toBe(1);
  expect(() => tested([0.5], { test: 'mcnemar' })).toThrow('needs values of 0 and 1');
});

it('takes what clusters say: the test of their interval for shares, signs of their sums for nats', () => {
  const clustered = pairs([1, 1, 0, 1, 0, 0, 1, 1]).map((pair, i) => ({ ...pair, cluster: `p${i >> 1}` }));
  const layout = layoutOf(clustered);
  expect(pairedTest(layout, clustered, { isBounded: true })).toEqual({
    p: clusteredTest(layout, [1, 1, 0, 1, 0, 0, 1, 1]),
    test: 'score test over clusters',
  });
  // Sums 2, 1, 0, 2: of the 8 sign patterns of three that are not 0 two reach ±5.
  expect(pairedTest(layout, clustered, { isBounded: false })).toEqual({
    p: 0.25,
    test: 'permuted signs of clusters, exact',
  });
  expect(() => pairedTest(layout, clustered, { isBounded: true, test: 'mcnemar' })).toThrow('needs independent items');
});
