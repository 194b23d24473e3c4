import { expect, it } from 'vitest';
import { studentTQuantile } from './student-t-quantile.ts';

/** Of the quantile; ample for an interval and above the error of the incomplete beta function at 10⁵ degrees. */
const RELATIVE = 1e-9;

// scipy 1.17.1, scipy.stats.t.ppf(p, degrees); the 0.975 column is that of the printed tables (12.706, 4.303, 3.182 …).
it.each([
  [0.6, 1, 0.32491969623290634],
  [0.975, 1, 12.706204736174694],
  [0.995, 1, 63.656741162871526],
  [0.9999, 1, 3183.098757118502],
  [0.975, 2, 4.302652729749462],
  [0.95, 3, 2.3533634348018233],
  [0.975, 3, 3.1824463052837078],
  [0.975, 5, 2.5705818356363146],
  [0.975, 10, 2.228138851986274],
  [0.995, 30, 2.7499956535672254],
  [0.975, 99, 1.9842169515864174],
  [0.9999, 1000, 3.7328516045753966],
  [0.975, 1e5, 1.9599877075346095],
])('at p = %d with %d degrees is %d', (p, degrees, expected) => {
  expect(Math.abs(studentTQuantile(p, degrees) / expected - 1)).toBeLessThan(RELATIVE);
});

it('is symmetric around zero', () => {
  expect(studentTQuantile(0.5, 7)).toBe(0);
  expect(studentTQuantile(0.25, 7)).toBe(-studentTQuantile(0.75, 7));
});

it('refuses p = 1 with a sentence', () => {
  expect(() => studentTQuantile(1, 7)).toThrow('studentTQuantile: needs 0 < p < 1, got 1');
});
