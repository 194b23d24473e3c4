/**
 * Weights of 4 or 8 bits in blocks of 32 with one scale a block: made of any weight, or as a file has them. Activations are rounded to 8 bits
 * by the kernel, block by block (its accuracy level 4): its exact levels give a row other bits alone than with others.
 */
import type { FormName } from '../../packed/packed-use.ts';
import { BLOCK, blocksOf } from '../../packed/to-int4.ts';
import { ABSENT, type GraphNodes, type Value } from '../value.ts';
import { inputsOf, linearUse, oncePerValue, type ReducedKernels, rowsShape, tableUse } from './kernels.ts';
import { poisonOf } from './rounded-rows.ts';

const ROUNDED_ACTIVATIONS = 4;

interface Blocks {
  readonly form: FormName;
  readonly bits: 4 | 8;
}

export const int4Kernels = (ops: GraphNodes): ReducedKernels =>
  blockKernels(ops, () => ({ form: 'int4 blocks', bits: 4 }));

/** The blocks of the file where it has them along the inputs; all else as float32. */
export const fileKernels = (ops: GraphNodes): ReducedKernels =>
  blockKernels(ops, (weight, outputsFirst) => {
    const found = ops.blocksOf(weight);
    if (found === undefined || found.along !== Number(outputsFirst)) return null;
    return { form: `${found.bits}-bit blocks of the file`, bits: found.bits };
  });

function blockKernels(
  ops: GraphNodes,
  blocksFor: (weight: string, outputsFirst: boolean) => Blocks | null,
): ReducedKernels {
  const poison = oncePerValue((x) => poisonOf(ops, x));
  return {
    linear: (x, weight, bias, shape) => {
      const blocks = blocksFor(weight.weight, weight.transposed);
      if (blocks === null) return null;
      const use = linearUse(weight, blocks.form);
      const inputs = [x, ops.part(use, 'levels'), ops.part(use, 'scales'), ABSENT, ABSENT, bias ?? ABSENT];
      const sizes = { K: inputsOf(weight), N: shape[1] as number };
      const attributes = { ...sizes, bits: blocks.bits, block_size: BLOCK, accuracy_level: ROUNDED_ACTIVATIONS };
      const product = ops.node('MatMulNBits', inputs, shape, attributes, 'com.microsoft');
      return ops.node('Add', [product, poison(x)], shape);
    },
    gather: (weight, table, ids) => {
      const blocks = blocksFor(weight, true);
      if (blocks === null) return null;
      const use = tableUse(weight, table, blocks.form);
      const [V, C] = table as readonly [number, number];
      const stored = blocksOf(C) * BLOCK;
      const inputs: Value[] = [ops.part(use, 'levels', [V, (stored * blocks.bits) / 8]), ids, ops.part(use, 'scales')];
      const attributes = { gather_axis: 0, quantize_axis: 1, block_size: BLOCK, bits: blocks.bits };
      const rows = ops.node('GatherBlockQuantized', inputs, [...ids.shape, stored], attributes, 'com.microsoft');
      if (stored === C) return rows;
      return ops.node('Slice', [rows, ops.ints([0]), ops.ints([C]), ops.ints([-1])], rowsShape(table, ids));
    },
  };
}
