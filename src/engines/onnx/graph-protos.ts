/** How values, weights and attributes of a graph are written in the file format. */
import { relative } from 'node:path';
import type { DenseWeight } from '../../tensor/ops.ts';
import { type AttributeProto, ELEMENT_TYPE, type NodeProto, type TensorProto } from './proto.ts';
import type { Attributes } from './value.ts';

export function attributeProto([name, value]: [string, Attributes[string]]): AttributeProto {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  if ('graph' in value) return { name, type: 5, g: value.graph };
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

/** The node with a value's name changed, also in graphs inside it. */
export function renamed(node: NodeProto, from: string, to: string): NodeProto {
  const names = (given: readonly string[]): readonly string[] => given.map((name) => (name === from ? to : name));
  const attribute = node.attribute.map(({ g, ...rest }) =>
    g === undefined ? rest : { ...rest, g: { ...g, node: g.node.map((each) => renamed(each, from, to)) } },
  );
  return { ...node, attribute, input: names(node.input), output: names(node.output) };
}

/** Names of the values that a node reads, those of graphs inside it among them. */
export const namesRead = ({ input, attribute }: NodeProto): readonly string[] => [
  ...input,
  ...attribute.flatMap(({ g }) => g?.node.flatMap(namesRead) ?? []),
];
