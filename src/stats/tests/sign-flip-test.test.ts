import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { mcNemar } from './mcnemar.ts';
import { signFlipTest } from './sign-flip-test.ts';

const random = stream(1, 'sign flips');

// scipy 1.17.1: scipy.stats.permutation_test((d,), numpy.sum, permutation_type='samples', n_resamples=inf, alternative=…)
it.each([
  ['two-sided', 0.1875],
  ['less', 0.9375],
  ['greater', 0.09375],
] as const)('agrees with scipy, %s', (alternative, p) => {
  expect(signFlipTest(random, [0.6, -0.5, 0.8, 1.6, 0.3], { alternative })).toEqual({ p, exact: true });
});

it('of differences −1, 0 and 1 is McNemar’s exact test', () => {
  const differences = [...Array(3).fill(1), ...Array(9).fill(-1), ...Array(20).fill(0)];
  for (const alternative of ['two-sided', 'less', 'greater'] as const) {
    expect(signFlipTest(random, differences, { alternative }).p).toBeCloseTo(mcNemar(3, 9, { alternative }), 12);
  }
});

it('draws signs where there are too many to try all', () => {
  const differences = [...Array(10).fill(1), ...Array(25).fill(-1)];
  const { p, exact } = signFlipTest(random, differences, { draws: 20_000 });
  const expected = mcNemar(10, 25);
  expect(exact).toBe(false);
  expect(Math.abs(p - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / 20_000));
});

it('never gives 0 from random signs, and is the same for the same stream', () => {
  const differences = Array(100).fill(1);
  expect(signFlipTest(random, differences, { draws: 99 }).p).toBe(0.01);
  const mixed = Array.from({ length: 100 }, (_, i) => Math.sin(i) + 0.1);
  expect(signFlipTest(random, mixed, { draws: 500 })).toEqual(signFlipTest(random, mixed, { draws: 500 }));
});

it('gives 1 where nothing differs', () => expect(signFlipTest(random, [0, 0]).p).toBe(1));

it('refuses no differences and infinite ones', () => {
  expect(() => signFlipTest(random, [])).toThrow('needs at least one difference, got none');
  expect(() => signFlipTest(random, [1, Number.POSITIVE_INFINITY])).toThrow('needs finite differences, got Infinity');
  expect(() => signFlipTest(random, [1], { draws: 0 })).toThrow('needs draws, got 0');
});
