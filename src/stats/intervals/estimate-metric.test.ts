import { expect, it } from 'vitest';
import { estimateMetric } from './estimate-metric.ts';

it('takes Wilson for values of 0 and 1', () => {
  expect(estimateMetric([0, 1, 1, 0], 0.95, 3)).toMatchObject({
    value: 0.5,
    n: 4,
    unscored: 3,
    method: 'mean, Wilson',
  });
});

it('takes Student t for other values', () => {
  expect(estimateMetric([0, 1, 0.5])).toMatchObject({ value: 0.5, n: 3, method: 'mean, Student t' });
});

it('refuses no values with a sentence', () => {
  expect(() => estimateMetric([])).toThrow('estimateMetric: needs at least one value, got none');
});

it('refuses a value that is not a number, and says which', () => {
  expect(() => estimateMetric([1, Number.NaN])).toThrow('estimateMetric: value 1 is NaN, not a finite number');
});
