import { describe, expect, it } from 'vitest';
import { linear } from '../../tensor/layers.ts';
import type { DenseWeight, Program, Weights } from '../../tensor/ops.ts';
import { CPU } from './device/device.ts';
import { buildGraph } from './engine.ts';
import { NodeList } from './node-list.ts';
import type { Value } from './value.ts';
import { NotedWeights } from './weight-places.ts';

const SHAPE = ['N', 3];
const X: Value = { name: 'x', shape: SHAPE };
const negated = (list: NodeList, x: Value): Value =>
  list.add({ type: 'Neg', inputs: [x], shapes: [SHAPE] })[0] as Value;

describe('a list of nodes', () => {
  it('puts what a branch is built of inside it, and what comes later behind it', () => {
    const list = new NodeList();
    const { graph } = list.branch('then', () => [[negated(list, X), 'float32']]);
    negated(list, X);
    expect(graph.node.map(({ output }) => output)).toEqual([['v0.0']]);
    expect(graph.output.map(({ name }) => name)).toEqual(['v0.0']);
    expect(list.nodes.map(({ output }) => output)).toEqual([['v1.0']]);
  });

  it('goes on outside a branch that could not be built', () => {
    const list = new NodeList();
    const broken = () => {
      throw new RangeError('no shape');
    };
    expect(() => list.branch('then', broken)).toThrow('no shape');
    negated(list, X);
    expect(list.nodes).toHaveLength(1);
  });

  it('calls a value that becomes an output by its name everywhere, also where a branch reads it', () => {
    const list = new NodeList();
    const y = negated(list, X);
    list.addValueInfo(y);
    const then_branch = list.branch('then', () => [[negated(list, y), 'float32']]);
    list.add({ type: 'If', inputs: [X], shapes: [SHAPE], attributes: { then_branch } });
    list.output(y, 'out.y');
    expect(list.nodes[0]?.output).toEqual(['out.y']);
    expect(list.nodes[1]?.attribute[0]?.g?.node[0]?.input).toEqual(['out.y']);
    expect([...list.valueInfo.keys()]).toEqual([]); // outputs have their shape already
  });
});

it('in int8, the shapes of all products but outputs are stated, each of a value that a node makes', () => {
  const weight = (name: string, shape: readonly number[]): [string, DenseWeight] => [
    name,
    { dtype: 'F32', shape, file: '', offset: 0, byteLength: 0 },
  ];
  const weights: Weights = new Map([weight('up', [4, 9]), weight('across', [9, 9]), weight('down', [9, 5])]);
  const program: Program<'x', 'y'> = {
    name: 'three products',
    inputs: { x: { dtype: 'float32', dims: ['N', 4] } },
    outputs: { y: { dtype: 'float32', dims: ['N', 5] } },
    build: (ops, { x }) => {
      const product = (input: typeof x, name: string) => linear(ops, input, ops.weight(name), null, false);
      return { y: product(product(product(x, 'up'), 'across'), 'down') };
    },
  };
  const { graph } = buildGraph(program, new NotedWeights(weights), { device: CPU, dtype: 'int8' });
  const stated = graph.value_info ?? [];
  expect(stated.map(({ type }) => type.tensor_type.shape.dim)).toEqual([
    [{ dim_param: 'N' }, { dim_value: 9 }],
    [{ dim_param: 'N' }, { dim_value: 9 }],
  ]);
  const made = graph.node.flatMap(({ output }) => output);
  expect(stated.filter(({ name }) => !made.includes(name))).toEqual([]);
});
