/** How values, weights and attributes of a graph are written in the file format. */
import { relative } from 'node:path';
import type { DenseWeight, Dim, TensorSpec } from '../../tensor/ops.ts';
import { type AttributeProto, ELEMENT_TYPE, type TensorProto, type ValueInfoProto } from './proto.ts';
import type { Attributes } from './value.ts';

export function attributeProto([name, value]: [string, Attributes[string]]): AttributeProto {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: value };
}

/** An array in a file. */
export interface StoredArray extends Omit<DenseWeight, 'dtype'> {
  readonly dtype: DenseWeight['dtype'] | 'I8' | 'U8';
}

export const externalTensor = (name: string, source: StoredArray, folder: string): TensorProto => ({
  name,
  dims: source.shape,
  data_type: ELEMENT_TYPE[source.dtype],
  data_location: 1,
  external_data: [
    { key: 'location', value: relative(folder, source.file) },
    { key: 'offset', value: String(source.offset) },
    { key: 'length', value: String(source.byteLength) },
  ],
});

/** How a graph declares an input or output. */
export function valueInfo(
  name: string,
  spec: Omit<TensorSpec, 'dtype'> & { readonly dtype: TensorSpec['dtype'] | 'int64' },
): ValueInfoProto {
  const dim = spec.dims.map((size: Dim) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: ELEMENT_TYPE[spec.dtype], shape: { dim } } } };
}
