import { expect, it } from 'vitest';
import { permutation, philox, stream } from './random.ts';

// Known answers of Philox4x32-10 published with Random123 1.14 (file kat_vectors).
it('reproduces the published Philox4x32-10 known answers', () => {
  expect(philox([0, 0, 0, 0], 0, 0)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  const ones = 0xffffffff;
  expect(philox([ones, ones, ones, ones], ones, ones)).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0)).toEqual([
    0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
  ]);
});

it('gives the same number for the same name and counter, and others for other names', () => {
  expect(stream(0, 'elbo', 'item', 3).uniform(7)).toBe(stream(0, 'elbo', 'item', 3).uniform(7));
  expect(stream(0, 'elbo', 'item', 3).uniform(7)).not.toBe(stream(1, 'elbo', 'item', 3).uniform(7));
  expect(stream(0, 'elbo', 'item', 3).uniform(7)).not.toBe(stream(0, 'elbo', 'item', 4).uniform(7));
});

it('gives the same number for a counter, in whatever order the counters are asked for', () => {
  const [forth, back] = [stream(2, 'order'), stream(2, 'order')];
  const counters = [0, 1, 2, 3, 4, 5];
  const numbers = counters.map((counter) => forth.uniform(counter));
  expect(new Set(numbers).size).toBe(6);
  expect([...counters].reverse().map((counter) => back.uniform(counter))).toEqual([...numbers].reverse());
});

it('draws uniforms whose mean and variance are those of U(0,1)', () => {
  const random = stream(5, 'moments');
  const n = 20000;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const u = random.uniform(i);
    sum += u;
    squares += u * u;
  }
  const mean = sum / n;
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
  expect(Math.abs(squares / n - mean * mean - 1 / 12)).toBeLessThan(0.003);
});

it('permutes: every index once', () => {
  expect([...permutation(stream(1, 'order'), 100)].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
});
