import { describe, expect, it } from 'vitest';
import { rational } from '../core/numbers/rational.ts';
import { cutAt } from '../core/text/cut-at.ts';
import { answerValue, finalAnswer, isSameAnswer, isSameNumber } from './gsm8k-answer.ts';

describe('the official rule (T25)', () => {
  it('compares texts: "40." is not "40", " 2,125" is "2125"', () => {
    expect(isSameAnswer('#### 40.', '#### 40')).toBe(false);
    expect(isSameAnswer('####  2,125', '#### 2125')).toBe(true);
    expect(isSameAnswer('#### 12.00', '#### 12')).toBe(false);
  });

  it('compares the whole text where there is no ####', () => {
    expect(isSameAnswer('18', '#### 18')).toBe(true);
    expect(isSameAnswer('so 18', '#### 18')).toBe(false);
    expect(finalAnswer('  a, b ')).toBe('a b');
  });

  it('looks after the last ####, at the separator and pads of published files, too', () => {
    const label = 'How many?<<9*2=18>> #### 18';
    expect(isSameAnswer('How many?======== <<9*2=18>> #### 18', label)).toBe(true);
    expect(isSameAnswer('How many?<<9*2=18>> #### 7 #### 18', label)).toBe(true);
    expect(isSameAnswer('How many?<<9*2=18>> #### 448¨¨¨¨¨¨4', label)).toBe(false);
    expect(isSameAnswer('How many?<<9*2=18>> #### 18\u00a0', label)).toBe(true);
  });

  it('strips before it deletes commas', () => {
    expect(finalAnswer('#### 18 ,')).toBe('18 ');
  });
});

describe('the numeric rule', () => {
  it('accepts numbers that differ in spelling only', () => {
    for (const answer of ['40.', '40.00', '+40', ' 40 ', '80/2']) {
      expect(isSameNumber(`#### ${answer}`, '#### 40'), answer).toBe(true);
    }
    expect(isSameNumber('#### 0.75', '#### 3/4')).toBe(true);
    expect(isSameNumber('#### 1,000.0', '#### 1000')).toBe(true);
  });

  it('does not round, and takes no text for a number', () => {
    expect(isSameNumber('#### 0.3333333333333333333333', '#### 1/3')).toBe(false);
    expect(isSameNumber('#### 1e1', '#### 10')).toBe(false);
    expect(isSameNumber('#### $10', '#### 10')).toBe(false);
    expect(answerValue('#### 1/0')).toBeNull();
    expect(answerValue('#### 1/2/3')).toBeNull();
    expect(answerValue('#### -1/2')).toEqual(rational(-1n, 2n));
  });

  it('accepts whatever the official rule accepts', () => {
    expect(isSameNumber('no mark', 'no mark')).toBe(true);
  });
});

it('cuts a text at its end mark', () => {
  expect(cutAt('<<1+1=2>> #### 2</s> #### 3', '</s>')).toBe('<<1+1=2>> #### 2');
  expect(cutAt('#### 2', '</s>')).toBe('#### 2');
  expect(cutAt('#### 2', null)).toBe('#### 2');
});
