import { expect, it } from 'vitest';
import { roundToBfloat16 } from './bfloat16.ts';

// Trap T23 of the project's protocol notes; 3.203125 = 205 · 2^-6, the grid between 2 and 4 is 2^-6.
it('T23: bfloat16 makes ties: -3.2031 and -3.2101 both become -3.203125', () => {
  expect(roundToBfloat16(-3.2031)).toBe(-3.203125);
  expect(roundToBfloat16(-3.2101)).toBe(-3.203125);
});

it('rounds to nearest, ties to even', () => {
  // Neighbours of 1 are 2^-7 apart; 1 + 2^-8 lies half-way to an odd neighbour, 1 + 3·2^-8 half-way to an even one.
  expect(roundToBfloat16(1 + 2 ** -8)).toBe(1);
  expect(roundToBfloat16(1 + 3 * 2 ** -8)).toBe(1 + 2 ** -6);
  expect(roundToBfloat16(1 + 2 ** -8 + 2 ** -20)).toBe(1 + 2 ** -7);
});

it('keeps what bfloat16 has: zeros of both signs, infinities, NaN, powers of two', () => {
  for (const x of [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2 ** -126, -(2 ** 100)]) {
    expect(Object.is(roundToBfloat16(x), x)).toBe(true);
  }
});

it('overflows to infinity beyond the largest bfloat16', () => {
  expect(roundToBfloat16(3.4e38)).toBe(Number.POSITIVE_INFINITY);
});

it('is its own inverse on what it gives', () => {
  for (let i = 0; i < 1000; i++) {
    const rounded = roundToBfloat16(Math.sin(i) * 10 ** ((i % 20) - 10));
    expect(roundToBfloat16(rounded)).toBe(rounded);
  }
});
