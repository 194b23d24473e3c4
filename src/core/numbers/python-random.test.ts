import { describe, expect, it } from 'vitest';
import { PythonRandom } from './python-random.ts';

// Printed by CPython 3.12: random.Random(seed).shuffle(list(range(10))), .sample(range(n), k) in this order.
describe("PythonRandom draws as CPython's random.Random", () => {
  it('shuffles', () => {
    const order = Array.from({ length: 10 }, (_, i) => i);
    expect(new PythonRandom(42).shuffle(order)).toEqual([7, 3, 2, 8, 5, 6, 9, 4, 0, 1]);
  });

  it('samples large and small populations, and goes on where it stopped', () => {
    const random = new PythonRandom(1234);
    expect(random.sample(7473, 5)).toEqual([6374, 3610, 957, 61, 742]);
    expect(random.sample(20, 5)).toEqual([18, 1, 2, 3, 11]);
    expect(random.sample(100, 20)).toEqual([
      30, 2, 3, 44, 82, 79, 61, 78, 59, 19, 11, 23, 91, 14, 1, 64, 62, 31, 8, 85,
    ]);
  });

  it('refuses a seed that it would have to cut, and more than there is', () => {
    expect(() => new PythonRandom(2 ** 32)).toThrow('expected a whole number');
    expect(() => new PythonRandom(0).sample(3, 4)).toThrow('a sample of 4 from 3');
  });
});
