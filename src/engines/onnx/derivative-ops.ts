/** The operations of which derivatives are made, as nodes of a graph. */
import type { DerivativeOp, Ops } from '../../tensor/ops.ts';
import * as rules from '../../tensor/shape-rules.ts';
import { ELEMENT_TYPE } from './proto.ts';
import { ABSENT, type GraphNodes, type Value } from './value.ts';

export function derivativeOps(ops: GraphNodes): Pick<Ops<Value>, DerivativeOp> {
  const sizes = (x: Value): Value => ops.node('Shape', [x], [x.shape.length]);
  return {
    equal: (a, b) => {
      const shape = rules.broadcastShapes(a.shape, b.shape);
      return ops.node('Cast', [ops.node('Equal', [a, b], shape)], shape, { to: ELEMENT_TYPE.float32 });
    },
    sumTo: (x, like) => sumTo(ops, x, rules.sumToShape(x.shape, like.shape)),
    stretch: (x, like) => ops.node('Expand', [x, sizes(like)], rules.stretchShape(x.shape, like.shape)),
    zerosLike: (x) => ops.node('Expand', [ops.scalar(0), sizes(x)], x.shape),
    pad: (x, before, after) => {
      const inputs = [x, ops.ints([before, after]), ABSENT, ops.ints([-1])];
      return ops.node('Pad', inputs, rules.padShape(x.shape, before, after));
    },
    addRows: (table, ids, updates) => {
      const shape = rules.addRowsShape(table.shape, ids.shape, updates.shape);
      const index = ops.column(ops.node('Cast', [ids], ids.shape, { to: ELEMENT_TYPE.int64 }));
      return ops.node('ScatterND', [table, index, updates], shape, { reduction: 'add' });
    },
    addAt: (x, index, values) => {
      const shape = rules.addAtShape(x.shape, index.shape, values.shape);
      return ops.node('ScatterElements', [x, ops.column(index), ops.column(values)], shape, {
        axis: 1,
        reduction: 'add',
      });
    },
    unflatten: (x, length) => {
      const shape = rules.unflattenShape(x.shape, length);
      return ops.node('Reshape', [x, ops.ints([-1, ...(shape.slice(1) as number[])])], shape);
    },
    sumHeads: (x, times) => {
      const shape = rules.sumHeadsShape(x.shape, times);
      const [batch, groups, length, width] = shape as readonly [number, number, number, number];
      const target = ops.ints([0, groups, times, -1, width]);
      const runs = ops.node('Reshape', [x, target], [batch, groups, times, length, width]);
      return ops.node('ReduceSum', [runs, ops.ints([2])], shape, { keepdims: 0 });
    },
  };
}

function sumTo(ops: GraphNodes, x: Value, shape: rules.Shape): Value {
  const lead = x.shape.length - shape.length;
  const leading = Array.from({ length: lead }, (_, axis) => axis);
  const tail = x.shape.slice(lead);
  const flat = lead === 0 ? x : ops.node('ReduceSum', [x, ops.ints(leading)], tail, { keepdims: 0 });
  const stretched = shape.flatMap((dim, axis) => (dim === 1 && tail[axis] !== 1 ? [axis] : []));
  return stretched.length === 0 ? flat : ops.node('ReduceSum', [flat, ops.ints(stretched)], shape, { keepdims: 1 });
}
