/**
 * Weights of 16 bits that are multiplied as they are, by activations that are rounded to 16 bits too: what a device has kernels for. All else stays
 * float32. A product above 65,504 is infinite, and NaN once it is normed.
 */
import { ELEMENT_TYPE } from '../proto.ts';
import type { GraphNodes, Value } from '../value.ts';
import { linearUse, oncePerValue, type ReducedKernels, rowsShape, tableUse } from './kernels.ts';

export function float16Kernels(ops: GraphNodes): ReducedKernels {
  const cast = (x: Value, to: number): Value => ops.node('Cast', [x], x.shape, { to });
  const rounded = oncePerValue((x) => cast(x, ELEMENT_TYPE.F16));
  return {
    linear: (x, weight, bias, shape) => {
      const inputs = [rounded(x), ops.part(linearUse(weight, 'float16'), 'values')];
      const product = ops.node('Gemm', inputs, shape, { transB: Number(weight.transposed) });
      const wide = cast(product, ELEMENT_TYPE.float32);
      return bias === null ? wide : ops.node('Add', [wide, bias], shape);
    },
    gather: (weight, table, ids) => {
      const values = ops.part(tableUse(weight, table, 'float16'), 'values');
      const rows = ops.node('Gather', [values, ids], rowsShape(table, ids), { axis: 0 });
      return cast(rows, ELEMENT_TYPE.float32);
    },
  };
}
