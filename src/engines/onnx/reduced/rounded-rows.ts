/**
 * Activations as 8-bit integers with one scale a row: the same bits whatever other rows are computed with it.
 *
 * Unsigned with zero point 128, for which onnxruntime 1.30 has its fast kernels; with signed ones it is 29 times slower.
 */
import { gatherShape } from '../../../tensor/shape-rules.ts';
import { FINE_STEPS, LEVELS } from '../../packed/to-int8.ts';
import { ELEMENT_TYPE } from '../proto.ts';
import type { GraphNodes, Value } from '../value.ts';

const ZERO = 128;
/** In place of the scale of a row of zeros. */
const TINY = 1e-30;

/** value ≈ scale · (integers − 128). */
export interface RoundedRows {
  /** `[N, I]`, unsigned. */
  readonly integers: Value;
  /** `[N, 1]`. */
  readonly scale: Value;
}

export const zeroPoint = (ops: GraphNodes): Value =>
  ops.constant('zero point', [], ELEMENT_TYPE.U8, Uint8Array.of(ZERO));

/** Zero for each row, NaN for one that holds NaN: maxima and casts to integers hide it. `[N, 1]`. */
export function poisonOf(ops: GraphNodes, x: Value): Value {
  return ops.node('Mul', [magnitudeOf(ops, x), ops.scalar(0)], row(x));
}

/** Sum of each row's magnitudes, `[N, 1]`. Not by ReduceL1, whose kernel takes four times as long. */
export const magnitudeOf = (ops: GraphNodes, x: Value): Value =>
  ops.node('ReduceSum', [ops.node('Abs', [x], x.shape), ops.ints([-1])], row(x), { keepdims: 1 });

/** Largest magnitude of each row, `[N, 1]`. */
export const largestOf = (ops: GraphNodes, x: Value): Value =>
  ops.node('ReduceMax', [ops.node('Abs', [x], x.shape), ops.ints([-1])], row(x), { keepdims: 1 });

export function roundRows(ops: GraphNodes, x: Value, largest: Value, poison: Value): RoundedRows {
  const step = ops.node('Mul', [largest, ops.scalar(1 / LEVELS)], row(x));
  const positive = ops.node('Max', [step, ops.scalar(TINY)], row(x));
  const scale = ops.node('Add', [positive, poison], row(x));
  return { integers: integersOf(ops, x, scale), scale };
}

/** What the rounding of rows left, in steps of scale / 254. */
export function roundRest(ops: GraphNodes, x: Value, { integers, scale }: RoundedRows): RoundedRows {
  const wide = ops.node('Cast', [integers], x.shape, { to: ELEMENT_TYPE.float32 });
  const steps = ops.node('Sub', [wide, ops.scalar(ZERO)], x.shape);
  const rest = ops.node('Sub', [x, ops.node('Mul', [steps, scale], x.shape)], x.shape);
  const fine = ops.node('Mul', [scale, ops.scalar(1 / FINE_STEPS)], row(x));
  return { integers: integersOf(ops, rest, fine), scale: fine };
}

function integersOf(ops: GraphNodes, x: Value, scale: Value): Value {
  const steps = ops.node('Div', [x, scale], x.shape);
  return ops.node('QuantizeLinear', [steps, ops.scalar(1), zeroPoint(ops)], x.shape);
}

/**
 * Rows · columns of 8-bit integers, exactly, times the columns' scales and one of all rows: `[N, I], [I, J], [J] → [N, J]`. The scales of
 * the rows are left to the caller.
 */
export function integerProduct(ops: GraphNodes, rows: RoundedRows, columns: Value, scales: Value, scale = 1): Value {
  const { integers } = rows;
  const shape = [integers.shape[0] as string, columns.shape[1] as number];
  const ofAll = ops.constant(
    `one scale ${scale}`,
    [1],
    ELEMENT_TYPE.float32,
    new Uint8Array(Float32Array.of(scale).buffer),
  );
  const inputs = [integers, columns, ofAll, scales, zeroPoint(ops)];
  return ops.node('MatMulIntegerToFloat', inputs, shape, {}, 'com.microsoft');
}

/** Rows of integers, each times its scale. */
export function scaledRows(ops: GraphNodes, table: Value, scales: Value, ids: Value): Value {
  const shape = gatherShape(table.shape, ids.shape);
  const found = ops.node('Gather', [table, ids], shape, { axis: 0 });
  const wide = ops.node('Cast', [found], shape, { to: ELEMENT_TYPE.float32 });
  const scale = ops.node('Gather', [scales, ids], [...ids.shape, 1], { axis: 0 });
  return ops.node('Mul', [wide, scale], shape);
}

const row = (x: Value) => [...x.shape.slice(0, -1), 1];
