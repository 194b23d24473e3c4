import { expect, it } from 'vitest';
import { stream } from '../../../core/numbers/random.ts';
import { largest, nucleus } from './nucleus.ts';

/** Values of few kinds, so that many are equal. */
function tied(length: number, kinds: number, seed: number): Float32Array {
  const random = stream(seed, 'tied');
  return Float32Array.from({ length }, (_, i) => -Math.floor(random.uniform(i) * kinds) / 3);
}

const byRank = (values: Float32Array): number[] =>
  [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);

it('top-k keeps the first of equal tokens, likeliest first', () => {
  for (let seed = 0; seed < 20; seed++) {
    const values = tied(60, 7, seed);
    for (const count of [1, 5, 59, 60]) expect([...largest(values, count)]).toEqual(byRank(values).slice(0, count));
  }
});

it('top-p keeps the first of equal tokens where p is crossed among them', () => {
  for (let seed = 0; seed < 20; seed++) {
    const values = tied(60, 7, seed);
    const weights = byRank(values).map((id) => Math.exp(values[id] as number));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const p of [0.1, 0.5, 0.9]) {
      let [count, before] = [0, 0];
      while (count < 60 && before / total <= p) before += weights[count++] as number;
      expect([...nucleus(values, p)]).toEqual(
        byRank(values)
          .slice(0, count)
          .sort((a, b) => a - b),
      );
    }
  }
});

it('keeps NaN, so that it is seen', () => {
  expect([...largest(Float32Array.of(0, Number.NaN, -1), 1)]).toEqual([1]);
  expect([...largest(new Float32Array(4).fill(Number.NaN), 2)]).toContain(0);
  expect([...nucleus(Float32Array.of(0, Number.NaN, -1), 0.5)]).toContain(1);
});
