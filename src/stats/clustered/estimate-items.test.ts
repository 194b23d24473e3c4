import { expect, it } from 'vitest';
import { independent } from './cluster-layout.ts';
import { estimateItems } from './estimate-items.ts';

it('names Wilson for shares, a bounded mean for fractions, Student for the rest', () => {
  const methodOf = (values: readonly number[], isBounded: boolean) =>
    estimateItems(independent(values.length), values, { isBounded }).method;
  expect(methodOf([0, 1, 1], true)).toBe('mean, Wilson');
  expect(methodOf([0, 0.5, 1], true)).toBe('mean, bounded');
  expect(methodOf([0.2, 0.5, 0.9], false)).toBe('mean, Student t');
});
