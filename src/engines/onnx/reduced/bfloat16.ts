/** Weights of 16 bits, widened where they are multiplied: onnxruntime's CPU has no product of bfloat16. */
import { ELEMENT_TYPE, type GraphProto } from '../proto.ts';
import type { GraphNodes, Value } from '../value.ts';
import { linearUse, type ReducedKernels, rowsShape, tableUse } from './kernels.ts';

export function bfloat16Kernels(ops: GraphNodes): ReducedKernels {
  const widened = (x: Value): Value => ops.node('Cast', [x], x.shape, { to: ELEMENT_TYPE.float32 });
  return {
    linear: (x, weight, bias, shape) => {
      const wide = widened(ops.part(linearUse(weight, 'bfloat16'), 'values'));
      const inputs = bias === null ? [x, wide] : [x, wide, bias];
      return ops.node('Gemm', inputs, shape, { transB: Number(weight.transposed) });
    },
    gather: (weight, table, ids) => {
      const values = ops.part(tableUse(weight, table, 'bfloat16'), 'values');
      return widened(ops.node('Gather', [values, ids], rowsShape(table, ids), { axis: 0 }));
    },
  };
}

/**
 * The nodes with those first that read constants alone. onnxruntime 1.30 orders a graph from its outputs back, the input that is listed last
 * first: a weight that is listed to be widened late is widened before all that is listed earlier, and held until it is multiplied.
 */
export function wideningFirst(nodes: GraphProto['node'], initializers: GraphProto['initializer']): GraphProto['node'] {
  const constants = new Set(initializers.map(({ name }) => name));
  const readsConstants = ({ input }: GraphProto['node'][number]): boolean => input.every((name) => constants.has(name));
  return [...nodes.filter(readsConstants), ...nodes.filter((node) => !readsConstants(node))];
}
