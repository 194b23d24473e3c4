import { expect, it } from 'vitest';
import { rotaryAngles, rotaryFrequencies } from './rotary.ts';

/** Angles are rounded to float32 before their cosine is taken: at position 1000 that is 6e-5 of a radian at most. */
const TOLERANCE = 6e-5;

it('rotary angles are position · base^(−2i/D): the same pair of numbers for every head', () => {
  const positions = Int32Array.of(0, 1, 7, 1000);
  const [headWidth, base] = [8, 10000];
  const { cos, sin } = rotaryAngles(positions, rotaryFrequencies(headWidth, base));
  expect([cos.length, sin.length]).toEqual([16, 16]);
  positions.forEach((position, n) => {
    for (let i = 0; i < 4; i++) {
      const angle = position * base ** (-(2 * i) / headWidth);
      expect(Math.abs((cos[4 * n + i] as number) - Math.cos(angle))).toBeLessThan(TOLERANCE);
      expect(Math.abs((sin[4 * n + i] as number) - Math.sin(angle))).toBeLessThan(TOLERANCE);
    }
  });
  expect([...cos.subarray(0, 4), ...sin.subarray(0, 4)]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
});
