/** The forms in which a weight is held in fewer bits than it is published in. */
import { narrow } from '../../core/numbers/float-formats.ts';
import { isDecoded, type WeightSource } from '../../tensor/ops.ts';
import { readWeight } from '../weight-file.ts';
import { type Matrix, matrixOf } from './matrix.ts';
import type { FormName, PackedUse, PartSpec, Pause } from './packed-use.ts';
import { BLOCK, blocksOf, toInt4 } from './to-int4.ts';
import { FINE_STEPS, toInt8 } from './to-int8.ts';

interface Form {
  parts(matrix: Matrix): readonly PartSpec[];
  /** The arrays of `parts`. */
  pack(source: WeightSource, matrix: Matrix, pause: Pause): Promise<readonly ArrayBufferView[]>;
}

/** 8-bit integers and their scales, one slice or two. */
const int8 = (inputsFirst: boolean, withLow: boolean): Form => ({
  parts: ({ outputs, inputs }) => {
    const shape = inputsFirst ? [inputs, outputs] : [outputs, inputs];
    const scales = inputsFirst ? [outputs] : [outputs, 1];
    return [
      { name: 'high', dtype: 'I8', shape },
      { name: 'scales', dtype: 'F32', shape: scales },
      ...(withLow ? [{ name: 'low', dtype: 'I8', shape } as const] : []),
      ...(withLow ? [{ name: 'fineScales', dtype: 'F32', shape: scales } as const] : []),
    ];
  },
  pack: async (source, matrix, pause) => {
    const { high, low, scales } = await toInt8(await readWeight(source), matrix, { inputsFirst, withLow, pause });
    return low === null ? [high, scales] : [high, scales, low, scales.map((scale) => scale / FINE_STEPS)];
  },
});

const inBlocks = (bits: 4 | 8, pack: Form['pack']): Form => ({
  parts: ({ outputs, inputs }) => [
    { name: 'levels', dtype: 'U8', shape: [outputs, blocksOf(inputs), (BLOCK * bits) / 8] },
    { name: 'scales', dtype: 'F32', shape: [outputs, blocksOf(inputs)] },
  ],
  pack,
});

async function packInt4(source: WeightSource, matrix: Matrix, pause: Pause): Promise<readonly ArrayBufferView[]> {
  const { nibbles, scales } = await toInt4(await readWeight(source), matrix, pause);
  return [nibbles, scales];
}

async function packPublished(source: WeightSource): Promise<readonly ArrayBufferView[]> {
  if (!isDecoded(source) || source.blocks === undefined) throw new TypeError('a weight in no blocks');
  const { levels, scales } = await source.blocks.read();
  return [levels, scales];
}

/** In the order of the published values. */
const rounded = (dtype: 'BF16' | 'F16'): Form => ({
  parts: ({ outputs, inputs, outputsFirst }) => [
    { name: 'values', dtype, shape: outputsFirst ? [outputs, inputs] : [inputs, outputs] },
  ],
  pack: async (source) => [narrow(await readWeight(source), dtype)],
});

const FORMS: Readonly<Record<FormName, Form>> = {
  'int8 columns': int8(true, false),
  'int8 rows': int8(false, false),
  'int8x2 columns': int8(true, true),
  'int8x2 rows': int8(false, true),
  'int4 blocks': inBlocks(4, packInt4),
  bfloat16: rounded('BF16'),
  float16: rounded('F16'),
  '4-bit blocks of the file': inBlocks(4, packPublished),
  '8-bit blocks of the file': inBlocks(8, packPublished),
};

export const partsOf = ({ form, shape, outputsFirst }: Omit<PackedUse, 'weight'>): readonly PartSpec[] =>
  FORMS[form].parts(matrixOf(shape, outputsFirst));

export const packed = (
  source: WeightSource,
  { form, shape, outputsFirst }: Omit<PackedUse, 'weight'>,
  pause: Pause,
): Promise<readonly ArrayBufferView[]> => FORMS[form].pack(source, matrixOf(shape, outputsFirst), pause);
