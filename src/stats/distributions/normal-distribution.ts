/** Beyond this the tail's continued fraction is used: there the series would lose its digits to cancellation. */
const TAIL = 2;
const MOST_TERMS = 500;

/**
 * Distribution function of the standard normal, P(Z ≤ x), with about 14 significant digits also in the lower tail.
 *
 * Near zero by the series φ(x) (x + x³/3 + x⁵/(3·5) + …), in the tails by the continued fraction of Mills' ratio.
 *
 * @source Marsaglia 2004, "Evaluating the normal distribution" (series); Abramowitz and Stegun 26.2.14 (continued fraction)
 * @example normalDistribution(1.959963984540054) // 0.975
 */
export function normalDistribution(x: number): number {
  if (Number.isNaN(x)) throw new RangeError('normalDistribution: needs a number, got NaN');
  if (x < -TAIL) return upperTail(-x);
  if (x > TAIL) return 1 - upperTail(x);
  let term = x;
  let total = x;
  for (let odd = 3; total + term !== total; odd += 2) {
    term *= (x * x) / odd;
    total += term;
  }
  return 0.5 + density(x) * total;
}

const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** P(Z > x) for x > 0: φ(x) / (x + 1/(x + 2/(x + 3/(x + …)))), from the far end inwards. */
function upperTail(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  let fraction = x;
  for (let k = MOST_TERMS; k >= 1; k--) fraction = x + k / fraction;
  return density(x) / fraction;
}
