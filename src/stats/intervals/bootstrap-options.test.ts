import { expect, it } from 'vitest';
import { resolveBootstrap } from './bootstrap.ts';

it('completes what is given', () => {
  expect(resolveBootstrap('b', { confidence: 0.9 })).toEqual({
    confidence: 0.9,
    draws: 10_000,
    layout: null,
    unscored: 0,
  });
});

it('refuses percent and few draws', () => {
  expect(() => resolveBootstrap('b', { confidence: 95 })).toThrow('b: needs 0 < confidence < 1, got 95');
  expect(() => resolveBootstrap('b', { draws: 10 })).toThrow('b: needs 100 draws or more, got 10');
});
