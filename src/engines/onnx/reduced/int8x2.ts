/**
 * Weights and activations in two slices of 8 bits each. Of the four products of slices the one of both rests is left out: it is as
 * small as what the second rounding leaves.
 */
import type { GraphNodes, Value } from '../value.ts';

import { linearUse, oncePerValue, type ReducedKernels, tableUse } from './kernels.ts';
import { integerProduct, largestOf, poisonOf, roundRest, roundRows, scaledRows } from './rounded-rows.ts';

export function int8x2Kernels(ops: GraphNodes): ReducedKernels {
  const rowsOf = oncePerValue((x) => rows(ops, x));
  return {
    linear: (x, weight, bias, shape) => {
      const use = linearUse(weight, 'int8x2 columns');
      const { first, rest, both } = rowsOf(x);
      const high = integerProduct(ops, both, ops.part(use, 'high'), ops.part(use, 'scales')); // [2N, J]
      const low = integerProduct(ops, first.integers, ops.part(use, 'low'), ops.part(use, 'fineScales')); // [N, J]
      const halves = ops.nodeOf('Split', [high], [shape, shape], { axis: 0, num_outputs: 2 });
      const [ofFirst, ofRest] = halves as [Value, Value];
      const coarse = ops.node('Mul', [ops.node('Add', [ofFirst, low], shape), first.scale], shape);
      const sum = ops.node('Add', [coarse, ops.node('Mul', [ofRest, rest.scale], shape)], shape);
      return bias === null ? sum : ops.node('Add', [sum, bias], shape);
    },
    gather: (weight, table, ids) => {
      const use = tableUse(weight, table, 'int8x2 rows');
      const high = scaledRows(ops, ops.part(use, 'high'), ops.part(use, 'scales'), ids);
      const low = scaledRows(ops, ops.part(use, 'low'), ops.part(use, 'fineScales'), ids);
      return ops.node('Add', [high, low], high.shape);
    },
  };
}

function rows(ops: GraphNodes, x: Value) {
  const first = roundRows(ops, x, largestOf(ops, x), poisonOf(ops, x));
  const rest = roundRest(ops, x, first);
  const shape = ['2N', x.shape[1] as number];
  return { first, rest, both: ops.node('Concat', [first.integers, rest.integers], shape, { axis: 0 }) };
}
