import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rational } from '../core/numbers/rational.ts';
import { evaluate } from './calculation-steps.ts';

describe('evaluate', () => {
  it('follows precedence, brackets, signs and left-to-right order', () => {
    expect(evaluate('16-3-4')).toEqual(rational(9n));
    expect(evaluate('2+3*4')).toEqual(rational(14n));
    expect(evaluate('(2+3)*4')).toEqual(rational(20n));
    expect(evaluate('100/10/5')).toEqual(rational(2n));
    expect(evaluate('-2*-(3 + .5)')).toEqual(rational(7n));
    expect(evaluate('2--3')).toEqual(rational(5n));
  });

  it('is exact where floats are not', () => {
    expect(evaluate('0.1+0.2')).toEqual(rational(3n, 10n));
    expect(evaluate('1/3+1/3+1/3')).toEqual(rational(1n));
    expect(evaluate('99999999999999999999*10')).toEqual(rational(999999999999999999990n));
  });

  it('is null for what is no expression', () => {
    const texts = [
      '',
      ' ',
      '+',
      '2+',
      '2 3',
      '2(3)',
      '(2',
      '2)',
      '()',
      '1/0',
      '2**3',
      '7//2',
      '1..2',
      '5%',
      'x',
      '1e3',
    ];
    for (const text of [...texts, 'process.exit(1)', '2,5', '1.2.3']) expect(evaluate(text), text).toBeNull();
  });

  it('is null, soon, for what is out of all proportion', () => {
    expect(evaluate('('.repeat(500) + ')'.repeat(499))).toBeNull();
    expect(evaluate('-'.repeat(900))).toBeNull();
    expect(evaluate(`${'9'.repeat(2_000)}`)).toBeNull();
  });

  it('gives the sum of a written sum, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 20 }), (numbers) => {
        expect(evaluate(numbers.join('+'))).toEqual(rational(numbers.reduce((sum, n) => sum + BigInt(n), 0n)));
      }),
    );
    const text = fc.array(fc.constantFrom(...'0123456789.+-*/() x'), { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(fc.property(text, (any) => void evaluate(any)));
  });
});
