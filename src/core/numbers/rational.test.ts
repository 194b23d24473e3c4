import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, divide, isEqual, isWithin, multiply, parseDecimal, rational, subtract } from './rational.ts';

const whole = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const fraction = fc.tuple(
  whole,
  whole.filter((n) => n !== 0n),
);

describe('rational numbers', () => {
  it('are kept in lowest terms with a positive denominator', () => {
    expect(rational(6n, -4n)).toEqual({ numerator: -3n, denominator: 2n });
    expect(rational(0n, -7n)).toEqual({ numerator: 0n, denominator: 1n });
    expect(() => rational(1n, 0n)).toThrow(RangeError);
  });

  it('add, subtract, multiply and divide exactly', () => {
    const third = rational(1n, 3n);
    const half = rational(1n, 2n);
    expect(add(third, half)).toEqual(rational(5n, 6n));
    expect(subtract(third, half)).toEqual(rational(-1n, 6n));
    expect(multiply(third, half)).toEqual(rational(1n, 6n));
    expect(divide(third, half)).toEqual(rational(2n, 3n));
    expect(divide(third, rational(0n))).toBeNull();
  });

  it('undo one operation by the other', () => {
    fc.assert(
      fc.property(fraction, fraction, ([a, b], [c, d]) => {
        const x = rational(a, b);
        const y = rational(c, d);
        expect(isEqual(subtract(add(x, y), y), x)).toBe(true);
        if (c !== 0n) expect(isEqual(divide(multiply(x, y), y) ?? rational(0n), x)).toBe(true);
      }),
    );
  });

  it('know which numbers lie within a distance, ends included', () => {
    const hundredth = rational(1n, 100n);
    expect(isWithin(rational(1n, 3n), rational(33n, 100n), hundredth)).toBe(true);
    expect(isWithin(rational(2n), rational(199n, 100n), hundredth)).toBe(true);
    expect(isWithin(rational(199n, 100n), rational(2n), hundredth)).toBe(true);
    expect(isWithin(rational(2n), rational(198n, 100n), hundredth)).toBe(false);
  });
});

describe('parseDecimal', () => {
  it('reads digits with or without a point and a sign', () => {
    expect(parseDecimal('40.')).toEqual(rational(40n));
    expect(parseDecimal('12.00')).toEqual(rational(12n));
    expect(parseDecimal('-.5')).toEqual(rational(-1n, 2n));
    expect(parseDecimal('+0.1')).toEqual(rational(1n, 10n));
  });

  it('is null for everything else', () => {
    for (const text of ['', '.', '-', '1e3', '1,000', ' 1', '0x10', '１', '1.2.3', 'NaN']) {
      expect(parseDecimal(text), text).toBeNull();
    }
  });
});
