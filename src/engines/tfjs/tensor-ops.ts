/** `Ops` over tfjs tensors: each operation runs at once. Also what tfjs's own automatic differentiation is given. */

import type { Tensor } from '@tensorflow/tfjs';
import type { DerivativeOp, FusedOps, MatmulOptions, Ops } from '../../tensor/ops.ts';
import {
  broadcastShapes,
  flattenShape,
  mergeLastShape,
  padShape,
  sliceShape,
  splitLastShape,
  unflattenShape,
} from '../../tensor/shape-rules.ts';
import type { Tf, TfjsRuntime } from './runtime.ts';

type Runtime = Pick<TfjsRuntime, 'tf' | 'backend'>;

/** Layers that tfjs computes in fewer kernels than their definition takes. */
export const FUSED_LAYERS = ['linear', 'softmax', 'attention'] as const;
export type FusedLayer = (typeof FUSED_LAYERS)[number];

/** @param weight the tensor of a weight, by its name in the net's vocabulary */
export function tensorOps(runtime: Runtime, weight: (name: string) => Tensor): Ops<Tensor> {
  const { tf } = runtime;
  return {
    weight,
    scalar: (value) => tf.scalar(value, 'float32'),
    gather: (table, ids) => tf.gather(table, ids),
    take: (x, index) => takeEach(tf, x, index),
    matmul: (a, b, options) => product(runtime, a, b, options),
    add: (a, b) => tf.add(a, b),
    sub: (a, b) => tf.sub(a, b),
    mul: (a, b) => tf.mul(a, b),
    div: (a, b) => tf.div(a, b),
    exp: (x) => tf.exp(x),
    log: (x) => tf.log(x),
    tanh: (x) => tf.tanh(x),
    sqrt: (x) => tf.sqrt(x),
    sum: (x) => tf.sum(x, -1, true),
    max: (x) => tf.max(x, -1, true),
    argmax: (x) => tf.argMax(x, -1),
    slice: (x, start, end) => {
      const begin = x.shape.map((_, axis) => (axis === x.rank - 1 ? start : 0));
      return tf.slice(x, begin, sliceShape(x.shape, start, end) as number[]);
    },
    concat: (a, b) => tf.concat([a, b], -1),
    splitLast: (x, heads) => tf.reshape(x, splitLastShape(x.shape, heads) as number[]),
    mergeLast: (x) => tf.reshape(x, mergeLastShape(x.shape) as number[]),
    swapMiddle: (x) => tf.transpose(x, [0, 2, 1, 3]),
    flatten: (x) => tf.reshape(x, flattenShape(x.shape) as number[]),
    repeatHeads: (x, times) => {
      const source = Int32Array.from({ length: x.shape[1]! * times }, (_, head) => Math.floor(head / times));
      return tf.gather(x, tf.tensor1d(source, 'int32'), 1);
    },
    ...derivativeOps(tf),
    fused: fusedLayers(runtime),
  };
}

function fusedLayers(runtime: Runtime): Pick<FusedOps<Tensor>, FusedLayer> {
  const { tf } = runtime;
  return {
    linear: (x, weight, bias, transposed) => {
      if (!transposed && bias !== null) return tf.fused.matMul({ a: x, b: weight, bias });
      const result = product(runtime, x, weight, { transposeB: transposed });
      return bias === null ? result : tf.add(result, bias);
    },
    softmax: (x) => tf.softmax(x),
    attention: (q, k, v, bias, heads) => {
      const split = (x: Tensor): Tensor =>
        tf.transpose(tf.reshape(x, splitLastShape(x.shape, heads) as number[]), [0, 2, 1, 3]); // [B, H, L, D]
      const queries = split(q);
      const scores = tf.div(tf.matMul(queries, split(k), false, true), Math.sqrt(queries.shape[3]!));
      const mixed = tf.matMul(tf.softmax(tf.add(scores, bias)), split(v)); // [B, H, L, D]
      return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), q.shape);
    },
  };
}

/** `[R, V], [R] → [R]`, as places in the flat tensor: gathering along a second axis is out of bounds in WebAssembly 4.22. */
function takeEach(tf: Tf, x: Tensor, index: Tensor): Tensor {
  const [rows, width] = x.shape as [number, number];
  const starts = tf.range(0, rows * width, width, 'int32');
  return tf.gather(tf.reshape(x, [-1]), tf.add(starts, index));
}

/**
 * WebAssembly has a fast kernel for a plain product of two matrices only: a transposed one takes ten times as long. So
 * a · bᵀ is computed as (b · aᵀ)ᵀ, where b is most often a weight, which is large and stays where it is.
 */
function product({ tf, backend }: Runtime, a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  if (backend === 'wasm' && a.rank === 2 && b.rank === 2) {
    if (!transposeB) return tf.matMul(transposeA ? tf.transpose(a) : a, b);
    return tf.transpose(tf.matMul(b, transposeA ? a : tf.transpose(a)));
  }
  // Kernels repeat the shorter list of matrices as a whole, which is not how shapes broadcast.
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)) as number[];
  const stretched = (x: Tensor): Tensor => {
    const shape = [...batch, ...x.shape.slice(-2)];
    return shape.join() === x.shape.join() ? x : tf.broadcastTo(x, shape);
  };
  return tf.matMul(stretched(a), stretched(b), transposeA, transposeB);
}

/** The operations of which derivatives are made, over tfjs tensors. */
export const derivativeOps = (tf: Tf): Pick<Ops<Tensor>, DerivativeOp> => ({
  equal: (a, b) => tf.cast(tf.equal(a, b), 'float32'),
  sumTo: (x, like) => {
    const leading = x.rank - like.rank;
    const summed = x.shape.flatMap((dim, axis) =>
      axis < leading || (dim !== 1 && like.shape[axis - leading] === 1) ? [axis] : [],
    );
    return tf.reshape(summed.length === 0 ? x : tf.sum(x, summed), like.shape);
  },
  stretch: (x, like) => tf.broadcastTo(x, like.shape),
  zerosLike: (x) => tf.zerosLike(x),
  pad: (x, before, after) => {
    const last = padShape(x.shape, before, after).length - 1;
    const sides = x.shape.map((_, axis): [number, number] => (axis === last ? [before, after] : [0, 0]));
    return tf.pad(x, sides);
  },
  // Scattering adds up repeated places; in WebAssembly and plain JavaScript one after the other.
  addRows: (table, ids, updates) => {
    const rows = tf.reshape(updates, [-1, table.shape[1]!]); // [N, C]
    return tf.add(table, tf.scatterND(tf.reshape(ids, [-1, 1]), rows, table.shape));
  },
  addAt: (x, index, values) => {
    const places = tf.stack([tf.range(0, x.shape[0]!, 1, 'int32'), index], 1); // [R, 2]
    return tf.add(x, tf.scatterND(places, values, x.shape));
  },
  unflatten: (x, length) => tf.reshape(x, unflattenShape(x.shape, length) as number[]),
  sumHeads: (x, times) => {
    const [sequences, heads, ...rest] = x.shape as [number, number, number, number];
    return tf.sum(tf.reshape(x, [sequences, heads / times, times, ...rest]), 2);
  },
});
