import { expect, it } from 'vitest';
import { holm } from './holm.ts';

// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), 'holm') gives 0.03 0.06 0.06 0.02
it('agrees with R', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12)));
});

it('stays at most 1 and never reorders', () => expect(holm([0.9, 0.5, 0.7])).toEqual([1, 1, 1]));

it('of none is none, of one is itself', () => {
  expect(holm([])).toEqual([]);
  expect(holm([0.2])).toEqual([0.2]);
});

it('refuses percent', () => expect(() => holm([0.1, 5])).toThrow('holm: needs p-values from 0 to 1, got 5'));
