/**
 * Weights as 8-bit integers with one scale an output, symmetric, rounded to nearest: value ≈ scale · high. A second slice holds what
 * the first one's rounding leaves, in steps of scale / 254: value ≈ scale · (high + low / 254), 16 bits in all.
 */
import { type Matrix, stepsOf } from './matrix.ts';
import type { Pause } from './packed-use.ts';

/** Steps of the first slice on each side of zero. */
export const LEVELS = 127;
/** Steps of the second slice in one of the first: its rounding leaves at most half a step on each side. */
export const FINE_STEPS = 2 * LEVELS;

/** Outputs that are written together, so that both orders of the values run through the cache. */
const TOGETHER = 64;

export interface Int8Slices {
  /** `[inputs, outputs]` with `inputsFirst`, else `[outputs, inputs]`; likewise `low`. */
  readonly high: Int8Array;
  readonly low: Int8Array | null;
  /** `[outputs]`; NaN for an output with a weight that is not finite, which integers cannot hold. */
  readonly scales: Float32Array;
}

export async function toInt8(
  values: Float32Array,
  matrix: Matrix,
  { inputsFirst, withLow, pause }: { readonly inputsFirst: boolean; readonly withLow: boolean; readonly pause: Pause },
): Promise<Int8Slices> {
  const { outputs, inputs } = matrix;
  const [stepOutput, stepInput] = stepsOf(matrix);
  const [toOutput, toInput] = inputsFirst ? [1, outputs] : [inputs, 1];
  const high = new Int8Array(values.length);
  const low = withLow ? new Int8Array(values.length) : null;
  const scales = new Float32Array(outputs);
  for (let from = 0; from < outputs; from += TOGETHER) {
    if (from > 0) await pause();
    const to = Math.min(outputs, from + TOGETHER);
    for (let j = from; j < to; j++) scales[j] = largest(values, j * stepOutput, stepInput, inputs) / LEVELS;
    for (let i = 0; i < inputs; i++) {
      for (let j = from; j < to; j++) {
        const steps = (values[j * stepOutput + i * stepInput] as number) / (scales[j] as number);
        const whole = Math.round(steps);
        const at = j * toOutput + i * toInput;
        high[at] = whole;
        if (low !== null) low[at] = Math.round((steps - whole) * FINE_STEPS);
      }
    }
  }
  return { high, low, scales };
}

/** The largest magnitude of an output's weights; NaN where one is not finite. */
function largest(values: Float32Array, start: number, step: number, count: number): number {
  let found = 0;
  let poison = 0;
  for (let i = 0, at = start; i < count; i++, at += step) {
    const value = values[at] as number;
    poison += value * 0;
    found = Math.max(found, Math.abs(value));
  }
  return found + poison;
}
