import { expect, it } from 'vitest';
import { narrow, widen } from './float-formats.ts';

const everyHalf = Uint16Array.from({ length: 65536 }, (_, i) => i);

function widened(halves: Uint16Array, dtype: 'F16' | 'BF16'): Float32Array {
  const bits = new Uint32Array(halves.length);
  widen(halves, dtype, bits, 0);
  return new Float32Array(bits.buffer);
}

const halvesOf = (values: number[], dtype: 'F16' | 'BF16') => [
  ...new Uint16Array(narrow(Float32Array.from(values), dtype).buffer),
];

it('widens every F16 value to what its sign, exponent and mantissa say', () => {
  const values = widened(everyHalf, 'F16');
  for (const half of everyHalf) {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const mantissa = half & 1023;
    const finite = exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15);
    const expected = exponent < 31 ? sign * finite : mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    expect(Object.is(values[half], expected)).toBe(true);
  }
});

it('keeps every F16 and BF16 value, NaNs included, on the way to float32 and back', () => {
  for (const dtype of ['F16', 'BF16'] as const) {
    const values = widened(everyHalf, dtype);
    const back = new Uint16Array(narrow(values, dtype).buffer);
    for (const half of everyHalf) {
      if (Number.isNaN(values[half])) expect(Number.isNaN(widened(back.subarray(half, half + 1), dtype)[0])).toBe(true);
      else expect(back[half]).toBe(half);
    }
  }
});

it('rounds to nearest, ties to even', () => {
  // 1 + 2^-8 lies between the BF16 neighbours 0x3f80 and 0x3f81, 1 + 3·2^-8 between 0x3f81 and 0x3f82.
  expect(halvesOf([1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20], 'BF16')).toEqual([0x3f80, 0x3f82, 0x3f81]);
  // The same for F16, whose step at 1 is 2^-10; 65519.996 is the last float32 below the tie that rounds to infinity.
  expect(halvesOf([1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519.996, 65520], 'F16')).toEqual([0x3c00, 0x3c02, 0x7bff, 0x7c00]);
  // Subnormals are multiples of 2^-24: half of the smallest ties to zero, one and a half to two.
  expect(halvesOf([2 ** -25, 1.5 * 2 ** -24, 2 ** -25 + 2 ** -40, -(2 ** -26)], 'F16')).toEqual([0, 2, 1, 0x8000]);
  // The largest values below 2^-14 round up into the first normal one.
  expect(halvesOf([2 ** -14 - 2 ** -26], 'F16')).toEqual([0x0400]);
});
