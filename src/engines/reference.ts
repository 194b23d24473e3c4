/**
 * The oracle: every operation as a plain loop in float64. Slow and obvious; for small shapes and for checking the other
 * engines. Uses no fused kernels, so it also checks the definitions in `tensor/layers.ts`.
 */

import type { HostTensor, Ops, Program, TensorSpec, Weights } from '../tensor/ops.ts';
import * as rules from '../tensor/shape-rules.ts';
import type { Engine, Executable } from './engine.ts';
import * as arrays from './reference-arrays.ts';
import { elementwise, map, reduce, sized, type Tensor, zeros } from './reference-arrays.ts';
import { readWeight } from './weight-file.ts';

export type { Tensor } from './reference-arrays.ts';

export const referenceEngine = (): Engine => ({ name: 'reference', dtype: 'float64', compile });

async function compile<In extends string, Out extends string>(
  program: Program<In, Out>,
  weights: Weights,
): Promise<Executable<In, Out>> {
  const loaded = new Map<string, Tensor>();
  for (const [name, source] of weights) {
    loaded.set(name, { shape: source.shape, data: Float64Array.from(await readWeight(source)) });
  }
  const ops = referenceOps(loaded);
  return {
    run: async (feeds, wanted = Object.keys(program.outputs) as never[], into) => {
      const given = Object.keys(program.inputs).map((name) => [name, fromHost(feeds[name as In])]);
      const results = program.build(ops, Object.fromEntries(given));
      const found = wanted.map((name) => [name, toHost(results[name], program.outputs[name], into?.[name])]);
      return Object.fromEntries(found) as Record<(typeof wanted)[number], HostTensor>;
    },
    dispose: async () => loaded.clear(),
  };
}

/** The operations over float64 arrays. Exported for the engine conformance suite. */
export const referenceOps = (weights: ReadonlyMap<string, Tensor>): Ops<Tensor> => ({
  weight: (name) => {
    const found = weights.get(name);
    if (found === undefined) throw new RangeError(`the checkpoint has no weight '${name}'`);
    return found;
  },
  scalar: (value) => ({ shape: [], data: Float64Array.of(value) }),
  gather: (table, ids) => {
    const width = table.shape[1]!;
    const out = zeros(sized(rules.gatherShape(table.shape, ids.shape)));
    ids.data.forEach((id, i) => {
      if (id < 0 || id >= table.shape[0]!) throw new RangeError(`gather: row ${id} of ${table.shape[0]}`);
      out.data.set(table.data.subarray(id * width, (id + 1) * width), i * width);
    });
    return out;
  },
  take: (x, index) => {
    rules.takeShape(x.shape, index.shape);
    return { shape: index.shape, data: index.data.map((column, row) => x.data[row * x.shape[1]! + column]!) };
  },
  matmul: arrays.matmul,
  add: (a, b) => elementwise(a, b, (x, y) => x + y),
  sub: (a, b) => elementwise(a, b, (x, y) => x - y),
  mul: (a, b) => elementwise(a, b, (x, y) => x * y),
  div: (a, b) => elementwise(a, b, (x, y) => x / y),
  exp: (x) => map(x, Math.exp),
  log: (x) => map(x, Math.log),
  tanh: (x) => map(x, Math.tanh),
  sqrt: (x) => map(x, Math.sqrt),
  sum: (x) => reduce(x, (row) => row.reduce((total, value) => total + value, 0)),
  max: (x) => reduce(x, (row) => row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  argmax: (x) => {
    const best = reduce(x, (row) => row.indexOf(row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)));
    return { shape: x.shape.slice(0, -1), data: best.data };
  },
  slice: arrays.slice,
  concat: arrays.concat,
  splitLast: (x, heads) => ({ shape: sized(rules.splitLastShape(x.shape, heads)), data: x.data }),
  mergeLast: (x) => ({ shape: sized(rules.mergeLastShape(x.shape)), data: x.data }),
  swapMiddle: arrays.swapMiddle,
  flatten: (x) => ({ shape: sized(rules.flattenShape(x.shape)), data: x.data }),
  repeatHeads: arrays.repeatHeads,
  equal: (a, b) => elementwise(a, b, (x, y) => Number(x === y)),
  sumTo: arrays.sumTo,
  stretch: arrays.stretch,
  zerosLike: (x) => zeros(x.shape),
  pad: arrays.pad,
  addRows: arrays.addRows,
  addAt: arrays.addAt,
  unflatten: (x, length) => ({ shape: sized(rules.unflattenShape(x.shape, length)), data: x.data }),
  sumHeads: arrays.sumHeads,
  fused: {},
});

function fromHost(tensor: HostTensor | undefined): Tensor {
  if (tensor === undefined) throw new TypeError('a program input is missing');
  return { shape: tensor.dims, data: Float64Array.from(tensor.data) };
}

function toHost(tensor: Tensor, spec: TensorSpec, into?: HostTensor): HostTensor {
  if (into !== undefined) {
    into.data.set(tensor.data);
    return into;
  }
  const data = spec.dtype === 'int32' ? Int32Array.from(tensor.data) : Float32Array.from(tensor.data);
  return { dims: tensor.shape, data };
}
