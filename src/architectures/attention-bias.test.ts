import { expect, it } from 'vitest';
import { CLOSED, fillBias } from './attention-bias.ts';

it('opens the runs that a query names, closes the rest, and leaves slots without a token alone', () => {
  const bias = new Float32Array(16);
  fillBias(bias, 4, 3, (query, open) => {
    open(0, 1);
    if (query === 2) open(2, 3);
  });
  const X = CLOSED;
  // biome-ignore format: one line a query
  expect([...bias]).toEqual([
    0, X, X, X,
    0, X, X, X,
    0, X, 0, X,
    0, 0, 0, 0,
  ]);
});

it('a closed entry is finite, so that a row of closed entries gives no NaN', () => {
  expect(Number.isFinite(CLOSED)).toBe(true);
  expect(Math.fround(CLOSED)).toBe(CLOSED);
  expect(Math.fround(CLOSED - 100)).toBe(CLOSED); // a score of ordinary size does not push it to −∞
});
