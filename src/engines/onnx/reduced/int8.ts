/**
 * 8-bit weights with one scale an output times 8-bit activations with one scale a row; sums are exact.
 *
 * A row with channels far above the others would be rounded to little else: what its rounding leaves is multiplied as well, so that its
 * activations count with 16 bits.
 */
import { ELEMENT_TYPE } from '../proto.ts';
import type { BranchValues, GraphNodes, Value } from '../value.ts';
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
  /** Which rows are wide, `[W, 1]`, mostly none, and what their rounding left. */
  readonly wide: Value;
  readonly rest: RoundedRows;
  /** How many rows what is added to products needs, `[1]`: all where a row is wide, else one. */
  readonly needed: Value;
}

export function int8Kernels(ops: GraphNodes): ReducedKernels {
  const rowsOf = oncePerValue((x) => rows(ops, x));
  return {
    linear: (x, weight, bias, shape) => {
      const use = linearUse(weight, 'int8 columns');
      const { wide, rest, needed, ...own } = rowsOf(x);
      const product = (rows: RoundedRows): Value => {
        const sums = integerProduct(ops, rows, ops.part(use, 'high'), ops.part(use, 'scales'));
        return ops.node('Mul', [sums, rows.scale], sums.shape);
      };
      const outputs = shape[1] as number;
      const size = ops.node('Concat', [needed, ops.ints([outputs])], [2], { axis: 0 });
      const added = ops.node('Expand', [bias ?? ops.scalar(0), size], ['N or 1', outputs]);
      const corrected = ops.node('ScatterND', [added, wide, product(rest)], added.shape, { reduction: 'add' });
      return ops.withShape(ops.node('Add', [product(own), corrected], shape));
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
  const places = ops.node('NonZero', [isWide], [1, 'W']);
  const count = ops.node('Shape', [places], [1], { start: 1, end: 2 });
  const any = ops.node('Greater', [count, ops.ints([0])], [1]);
  const shapes = [['W', 1], ['W', inputs], ['W', 1], [1]];
  const made = ops.conditional(
    any,
    shapes,
    () => restOf(ops, x, rounded, places),
    () => noRest(ops, inputs),
  );
  const [wide, integers, scale, needed] = made as [Value, Value, Value, Value];
  return { ...rounded, wide, rest: { integers, scale }, needed };
}

/** Places of the wide rows, what their rounding left, and the number of all rows. @param places `[1, W]` */
function restOf(ops: GraphNodes, x: Value, rounded: RoundedRows, places: Value): BranchValues {
  const index = ops.node('Reshape', [places, ops.ints([-1])], ['W']);
  const of = (value: Value): Value => ops.node('Gather', [value, index], ['W', value.shape[1] as number], { axis: 0 });
  const { integers, scale } = roundRest(ops, of(x), { integers: of(rounded.integers), scale: of(rounded.scale) });
  const wide = ops.node('Reshape', [index, ops.ints([-1, 1])], ['W', 1]);
  const rows = ops.node('Shape', [x], [1], { start: 0, end: 1 });
  return [
    [wide, 'int64'],
    [integers, 'U8'],
    [scale, 'float32'],
    [rows, 'int64'],
  ];
}

/** No row, and one to be added to all. */
function noRest(ops: GraphNodes, inputs: number): BranchValues {
  const none = (type: keyof typeof ELEMENT_TYPE, width: number): Value => {
    const nothing = ops.constant(`no rows of ${width} ${type}`, [0, width], ELEMENT_TYPE[type], new Uint8Array());
    return ops.node('Identity', [nothing], [0, width]);
  };
  const one = ops.node('Identity', [ops.ints([1])], [1]);
  return [
    [none('int64', 1), 'int64'],
    [none('U8', inputs), 'U8'],
    [none('float32', 1), 'float32'],
    [one, 'int64'],
  ];
}
