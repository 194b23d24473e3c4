/** How much memory weights take once they are loaded, before they are. */
import { HarnessError } from '../../core/errors.ts';
import { isDecoded, type WeightSource, type Weights } from '../../tensor/ops.ts';
import type { WeightDtype } from '../engine.ts';

/**
 * Resident bytes of a weight in a matrix, as measured with onnxruntime 1.30 (`scripts/bench-dtypes.ts`): kernels hold matrices in an order
 * of their own. bfloat16 stays in its file, which the system maps; its pages need no memory of their own. Of the file's blocks those of 4
 * bits go through the kernels of int4, those of 8 have half a byte more.
 *
 * The most exact first, as `results/dtype-parity.md` has them; the blocks of a file keep its values, and activations are rounded as in int8.
 */
const BYTES: Readonly<Partial<Record<WeightDtype, (source: WeightSource) => number>>> = {
  float32: () => FLOAT32,
  int8x2: () => 2.3,
  bfloat16: () => 0,
  file: (source) => {
    const bits = blockBits(source);
    return bits === null ? FLOAT32 : bits === 4 ? INT4 : INT4 + 0.5;
  },
  int8: () => 1.2,
  int4: () => INT4,
};
const FLOAT32 = 4.1;
const INT4 = 0.8;

const blockBits = (source: WeightSource): 4 | 8 | null => (isDecoded(source) ? (source.blocks?.bits ?? null) : null);

/** Of a weight in a vector, and of one that is read to be converted or widened to be multiplied. */
const WIDE_BYTES = 4;

/** Estimate in bytes for one program; null for a dtype that was not measured, and for blocks of a file that has none. */
export function memoryFor(weights: Weights, dtype: WeightDtype): number | null {
  const each = BYTES[dtype];
  const sources = [...weights.values()];
  if (each === undefined || (dtype === 'file' && !sources.some(blockBits))) return null;
  let [total, largest] = [0, 0];
  for (const source of sources) {
    const { shape } = source;
    const count = shape.reduce((product, side) => product * side, 1);
    total += count * (shape.length === 2 ? each(source) : WIDE_BYTES);
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
  const fitting = others.find((other) => (memoryFor(weights, other) ?? Number.POSITIVE_INFINITY) <= available);
  const message = `memory: expected about ${gibibytes(needed)} for the weights in ${dtype}, found ${gibibytes(available)} free`;
  throw new HarnessError('system', message, {
    hint:
      fitting === undefined
        ? 'take a machine with more memory'
        : `--dtype ${fitting} takes about ${gibibytes(memoryFor(weights, fitting) as number)}${MAPPED[fitting] ?? ''}; it gives other numbers, and runs of its own`,
  });
}

/** What is to be known of a dtype that needs less memory than its weights have bytes. */
const MAPPED: Readonly<Partial<Record<WeightDtype, string>>> = {
  bfloat16: ' beside its file, which is read again where memory does not hold it',
};

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
