/**
 * 8-bit weights with one scale an output times 8-bit activations with one scale a row; sums are exact.
 *
 * A row with channels far above the others would be rounded to little else: what its rounding leaves is multiplied as well, as a
 * further row, so that its activations count with 16 bits.
 */
import type { GraphNodes, Value } from '../value.ts';
import { linearUse, oncePerValue, type ReducedKernels, tableUse } from './kernels.ts';
import {
  integerProduct,
  largestOf,
  magnitudeOf,
  type RoundedRows,
  roundRest,
  roundRows,
  scaledRows,
} from './rounded-rows.ts';

/**
 * Largest magnitude of a row in mean magnitudes above which its rest is multiplied too. Normal values reach 5, those behind GELU
 * 30; above, rounding would be off by a tenth of the mean magnitude and more.
 */
const WIDE = 40;

interface Rows extends RoundedRows {
  /** Rounded rows, then the rests of those that are wide, `[N + M, I]`. */
  readonly all: Value;
  /** Numbers of both, `[2]`. */
  readonly counts: Value;
  /** Which rows are wide, `[M, 1]`, and the scales of their rests, `[M, 1]`. */
  readonly wide: Value;
  readonly restScale: Value;
}

export function int8Kernels(ops: GraphNodes): ReducedKernels {
  const rowsOf = oncePerValue((x) => rows(ops, x));
  return {
    linear: (x, weight, bias, shape) => {
      const use = linearUse(weight, 'int8 columns');
      const { all, counts, scale, wide, restScale } = rowsOf(x);
      const product = integerProduct(ops, all, ops.part(use, 'high'), ops.part(use, 'scales'));
      const rest = ['M', shape[1] as number];
      const [own, rests] = ops.nodeOf('Split', [product, counts], [shape, rest], { axis: 0 }) as [Value, Value];
      const rounded = ops.node('Mul', [own, scale], shape);
      const correction = ops.node('Mul', [rests, restScale], rest);
      const sum = ops.node('ScatterND', [rounded, wide, correction], shape, { reduction: 'add' });
      return bias === null ? sum : ops.node('Add', [sum, bias], shape);
    },
    gather: (weight, table, ids) => {
      const use = tableUse(weight, table, 'int8 rows');
      return scaledRows(ops, ops.part(use, 'high'), ops.part(use, 'scales'), ids);
    },
  };
}

function rows(ops: GraphNodes, x: Value): Rows {
  const inputs = x.shape[1] as number;
  const [largest, magnitude] = [largestOf(ops, x), magnitudeOf(ops, x)]; // [N, 1]
  const poison = ops.node('Mul', [magnitude, ops.scalar(0)], largest.shape);
  const rounded = roundRows(ops, x, largest, poison);
  const limit = ops.node('Mul', [magnitude, ops.scalar(WIDE / inputs)], largest.shape);
  const isWide = ops.node('Reshape', [ops.node('Greater', [largest, limit], largest.shape), ops.ints([-1])], ['N']);
  const index = ops.node('Reshape', [ops.node('NonZero', [isWide], [1, 'M']), ops.ints([-1])], ['M']);
  const of = (value: Value): Value => ops.node('Gather', [value, index], ['M', value.shape[1] as number], { axis: 0 });
  const rest = roundRest(ops, of(x), { integers: of(rounded.integers), scale: of(rounded.scale) });
  return {
    ...rounded,
    all: ops.node('Concat', [rounded.integers, rest.integers], ['N + M', inputs], { axis: 0 }),
    counts: ops.node('Concat', [count(ops, rounded.integers), count(ops, rest.integers)], [2], { axis: 0 }),
    wide: ops.node('Reshape', [index, ops.ints([-1, 1])], ['M', 1]),
    restScale: rest.scale,
  };
}

/** Number of rows, `[1]`. */
const count = (ops: GraphNodes, x: Value): Value => ops.node('Shape', [x], [1], { start: 0, end: 1 });
