/** How much memory weights take once they are loaded, before they are. */
import { HarnessError } from '../../core/errors.ts';
import type { Weights } from '../../tensor/ops.ts';
import type { WeightDtype } from '../engine.ts';

/**
 * Resident bytes of a weight in a matrix, as measured with onnxruntime 1.30 (`scripts/bench-dtypes.ts`): kernels hold matrices in an order
 * of their own. bfloat16 stays in its file, which the system maps; its pages need no memory of their own.
 */
const BYTES: Readonly<Partial<Record<WeightDtype, number>>> = {
  float32: 4.1,
  int8x2: 2.3,
  int8: 1.2,
  int4: 0.8,
  bfloat16: 0,
};
/** Of a weight in a vector, and of one that is read to be converted or widened to be multiplied. */
const WIDE_BYTES = 4;

/** Estimate in bytes for one program; null for a dtype that was not measured. */
export function memoryFor(weights: Weights, dtype: WeightDtype): number | null {
  const each = BYTES[dtype];
  if (each === undefined) return null;
  let [total, largest] = [0, 0];
  for (const { shape } of weights.values()) {
    const count = shape.reduce((product, side) => product * side, 1);
    total += count * (shape.length === 2 ? each : WIDE_BYTES);
    largest = Math.max(largest, count);
  }
  return total + WIDE_BYTES * largest;
}

/**
 * @param available bytes that this process can still take
 * @throws HarnessError 'system' where the weights do not fit, with the most exact dtype in which they would
 */
export function requireMemory(weights: Weights, dtype: WeightDtype, available: number): void {
  const needed = memoryFor(weights, dtype);
  if (needed === null || needed <= available) return;
  const others = Object.keys(BYTES) as WeightDtype[];
  const fitting = others.find((other) => (memoryFor(weights, other) as number) <= available);
  const message = `memory: expected about ${gibibytes(needed)} for the weights in ${dtype}, found ${gibibytes(available)} free`;
  throw new HarnessError('system', message, {
    hint:
      fitting === undefined
        ? 'take a machine with more memory'
        : `--dtype ${fitting} takes about ${gibibytes(memoryFor(weights, fitting) as number)}; it gives other numbers, and runs of its own`,
  });
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
