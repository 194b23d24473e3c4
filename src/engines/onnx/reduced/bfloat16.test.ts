import { expect, it } from 'vitest';
import type { GraphProto } from '../proto.ts';
import { wideningFirst } from './bfloat16.ts';

const node = (op_type: string, ...input: readonly string[]): GraphProto['node'][number] => ({
  op_type,
  domain: '',
  input,
  output: [op_type],
  attribute: [],
});

it('what reads constants alone is listed first, all else in its order', () => {
  const nodes = [node('Gather', 'table', 'ids'), node('Cast', 'w'), node('Gemm', 'Gather', 'Cast', 'bias')];
  const initializers = ['table', 'w', 'bias'].map((name) => ({ name, dims: [1], data_type: 1 }));
  expect(wideningFirst(nodes, initializers).map(({ op_type }) => op_type)).toEqual(['Cast', 'Gather', 'Gemm']);
});
