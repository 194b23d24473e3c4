/** The operations of which derivatives are made, over tfjs tensors. */
import type { Tensor } from '@tensorflow/tfjs';
import type { DerivativeOp, Ops } from '../../tensor/ops.ts';
import { padShape, unflattenShape } from '../../tensor/shape-rules.ts';
import type { Tf } from './runtime.ts';

export function derivativeOps(tf: Tf): Pick<Ops<Tensor>, DerivativeOp> {
  return {
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
  };
}
