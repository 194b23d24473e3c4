import { describe, expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { partsOf } from './forms.ts';
import { toInt4 } from './to-int4.ts';
import { FINE_STEPS, LEVELS, toInt8 } from './to-int8.ts';

const pause = async (): Promise<void> => {};

const normal = (count: number): Float32Array => {
  const random = stream(5, 'weights');
  return Float32Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform(2 * i)));
    return radius * Math.cos(2 * Math.PI * random.uniform(2 * i + 1));
  });
};

describe('8-bit integers', () => {
  const [outputs, inputs] = [70, 9];
  const values = normal(outputs * inputs);
  const at = (outputsFirst: boolean) => (j: number, i: number) => (outputsFirst ? j * inputs + i : i * outputs + j);

  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])(
    'stored outputs first %s, written inputs first %s: each is off by half a step at most',
    async (stored, inputsFirst) => {
      const matrix = { outputs, inputs, outputsFirst: stored };
      const { high, low, scales } = await toInt8(values, matrix, { inputsFirst, withLow: true, pause });
      for (let j = 0; j < outputs; j++) {
        for (let i = 0; i < inputs; i++) {
          const value = values[at(stored)(j, i)] as number;
          const [place, scale] = [at(!inputsFirst)(j, i), scales[j] as number];
          const coarse = (high[place] as number) * scale;
          expect(Math.abs(value - coarse)).toBeLessThanOrEqual((scale / 2) * 1.0001);
          const fine = coarse + ((low?.[place] as number) * scale) / FINE_STEPS;
          expect(Math.abs(value - fine)).toBeLessThanOrEqual((scale / FINE_STEPS / 2) * 1.01);
        }
      }
    },
  );

  it('the largest weight of an output is 127 or -127, and an output of zeros stays one', async () => {
    const matrix = { outputs: 3, inputs: 2, outputsFirst: true };
    const made = await toInt8(Float32Array.of(1, -4, 0, 0, 3, 1), matrix, {
      inputsFirst: false,
      withLow: false,
      pause,
    });
    expect([...made.high]).toEqual([32, -LEVELS, 0, 0, LEVELS, 42]);
    expect([...made.scales]).toEqual([4 / LEVELS, 0, 3 / LEVELS].map(Math.fround));
    expect(made.low).toBeNull();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('an output with %s is no number', async (broken) => {
    const matrix = { outputs: 2, inputs: 2, outputsFirst: true };
    const { scales } = await toInt8(Float32Array.of(1, broken, 1, 2), matrix, {
      inputsFirst: true,
      withLow: false,
      pause,
    });
    expect([...scales].map(Number.isNaN)).toEqual([true, false]);
  });
});

describe('4-bit blocks', () => {
  it('hold inputs 2j and 2j + 1 in byte j, the value of largest magnitude as -8', async () => {
    const values = Float32Array.from({ length: 33 }, (_, i) => (i === 3 ? 8 : i === 32 ? -16 : i % 5));
    const { nibbles, scales } = await toInt4(values, { outputs: 1, inputs: 33, outputsFirst: true }, pause);
    expect([...scales]).toEqual([-1, 2]);
    const unpacked = [...nibbles].flatMap((byte) => [(byte & 15) - 8, (byte >> 4) - 8]);
    expect(unpacked.slice(0, 32).map((q) => -q + 0)).toEqual([...values.subarray(0, 32)]);
    expect(unpacked.slice(32)).toEqual([-8, ...new Array(31).fill(0)]);
  });

  it('are the same from either order of the values', async () => {
    const [outputs, inputs] = [4, 70];
    const values = normal(outputs * inputs);
    const turned = Float32Array.from(
      values,
      (_, at) => values[(at % outputs) * inputs + Math.floor(at / outputs)] ?? 0,
    );
    expect(await toInt4(turned, { outputs, inputs, outputsFirst: false }, pause)).toEqual(
      await toInt4(values, { outputs, inputs, outputsFirst: true }, pause),
    );
  });

  it('with a weight that is not finite have no scale', async () => {
    const values = new Float32Array(64).fill(1);
    values[40] = Number.NaN;
    const { scales } = await toInt4(values, { outputs: 1, inputs: 64, outputsFirst: true }, pause);
    expect([...scales].map(Number.isNaN)).toEqual([false, true]);
  });
});

it('a vector has no form', () => {
  expect(() => partsOf({ form: 'int4 blocks', shape: [8], outputsFirst: true })).toThrow('expected a matrix');
});
