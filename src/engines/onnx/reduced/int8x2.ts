/**
 * Weights and activations in two slices of 8 bits each. Of the four products of slices the one of both rests is left out: it is as
 * small as what the second rounding leaves.
 */
import { FINE_STEPS } from '../../packed/to-int8.ts';
import type { GraphNodes, Value } from '../value.ts';
import { linearUse, oncePerValue, type ReducedKernels, tableUse } from './kernels.ts';
import {
  integerProduct,
  largestOf,
  poisonOf,
  type RoundedRows,
  roundRest,
  roundRows,
  scaledRows,
} from './rounded-rows.ts';

export function int8x2Kernels(ops: GraphNodes): ReducedKernels {
  const rowsOf = oncePerValue((x) => rows(ops, x));
  return {
    linear: (x, weight, bias, shape) => {
      const use = linearUse(weight, 'int8x2 columns');
      const { first, rest } = rowsOf(x);
      const [high, scales] = [ops.part(use, 'high'), ops.part(use, 'scales')];
      const coarse = integerProduct(ops, first, high, scales); // [N, J], in scales of rows
      const ofColumns = integerProduct(ops, first, ops.part(use, 'low'), ops.part(use, 'fineScales'));
      const ofRows = integerProduct(ops, rest, high, scales, 1 / FINE_STEPS);
      const steps = ops.node('Add', [ops.node('Add', [coarse, ofColumns], shape), ofRows], shape);
      const sum = ops.node('Mul', [steps, first.scale], shape);
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

function rows(ops: GraphNodes, x: Value): { readonly first: RoundedRows; readonly rest: RoundedRows } {
  const first = roundRows(ops, x, largestOf(ops, x), poisonOf(ops, x));
  return { first, rest: roundRest(ops, x, first) };
}
