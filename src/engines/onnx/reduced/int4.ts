/**
 * Weights of 4 bits in blocks of 32 with one scale a block. Activations are rounded to 8 bits by the kernel, block by block (its
 * accuracy level 4): its exact levels give a row other bits alone than with others.
 */

import { BLOCK, blocksOf } from '../../packed/to-int4.ts';
import type { GraphNodes } from '../value.ts';
import { ABSENT } from '../value.ts';
import { inputsOf, linearUse, oncePerValue, type ReducedKernels, rowsShape, tableUse } from './kernels.ts';
import { poisonOf } from './rounded-rows.ts';

const ROUNDED_ACTIVATIONS = 4;

export function int4Kernels(ops: GraphNodes): ReducedKernels {
  const poison = oncePerValue((x) => poisonOf(ops, x));
  return {
    linear: (x, weight, bias, shape) => {
      const use = linearUse(weight, 'int4 blocks');
      const [K, N] = [inputsOf(weight), shape[1] as number];
      const inputs = [x, ops.part(use, 'nibbles'), ops.part(use, 'scales'), ABSENT, ABSENT, bias ?? ABSENT];
      const attributes = { K, N, bits: 4, block_size: BLOCK, accuracy_level: ROUNDED_ACTIVATIONS };
      const product = ops.node('MatMulNBits', inputs, shape, attributes, 'com.microsoft');
      return ops.node('Add', [product, poison(x)], shape);
    },
    gather: (weight, table, ids) => {
      const use = tableUse(weight, table, 'int4 blocks');
      const [V, C] = table as readonly number[];
      const stored = blocksOf(C as number) * BLOCK;
      const nibbles = ops.part(use, 'nibbles', [V as number, stored / 2]);
      const attributes = { gather_axis: 0, quantize_axis: 1, block_size: BLOCK, bits: 4 };
      const inputs = [nibbles, ids, ops.part(use, 'scales')];
      const rows = ops.node('GatherBlockQuantized', inputs, [...ids.shape, stored], attributes, 'com.microsoft');
      if (stored === C) return rows;
      const bounds = [ops.ints([0]), ops.ints([C as number]), ops.ints([-1])];
      return ops.node('Slice', [rows, ...bounds], rowsShape(table, ids));
    },
  };
}
