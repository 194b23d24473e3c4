/** What moves, cuts and joins entries without computing, as nodes of a graph. */
import type { Ops } from '../../tensor/ops.ts';
import * as rules from '../../tensor/shape-rules.ts';
import type { GraphNodes, Value } from './value.ts';

type ShapeOp = 'slice' | 'concat' | 'splitLast' | 'mergeLast' | 'swapMiddle' | 'flatten' | 'repeatHeads';

export function shapeOps(ops: GraphNodes): Pick<Ops<Value>, ShapeOp> {
  /** Reshape that copies the first `kept` sizes, so that one graph serves every batch and length. */
  const reshape = (x: Value, shape: rules.Shape, kept: number): Value => {
    const target = shape.map((dim, axis) => (axis < kept ? 0 : (dim as number)));
    return ops.node('Reshape', [x, ops.ints(target)], shape);
  };
  return {
    slice: (x, start, end) => {
      const inputs = [x, ops.ints([start]), ops.ints([end]), ops.ints([-1])];
      return ops.node('Slice', inputs, rules.sliceShape(x.shape, start, end));
    },
    concat: (a, b) => ops.node('Concat', [a, b], rules.concatShape(a.shape, b.shape), { axis: -1 }),
    splitLast: (x, heads) => reshape(x, rules.splitLastShape(x.shape, heads), x.shape.length - 1),
    mergeLast: (x) => reshape(x, rules.mergeLastShape(x.shape), x.shape.length - 2),
    swapMiddle: (x) => ops.node('Transpose', [x], rules.swapMiddleShape(x.shape), { perm: [0, 2, 1, 3] }),
    flatten: (x) => {
      const rest = x.shape.slice(2) as readonly number[];
      return ops.node('Reshape', [x, ops.ints([-1, ...rest])], rules.flattenShape(x.shape));
    },
    repeatHeads: (x, times) => {
      const shape = rules.repeatHeadsShape(x.shape, times);
      const index = Array.from({ length: shape[1] as number }, (_, head) => Math.floor(head / times));
      return ops.node('Gather', [x, ops.ints(index)], shape, { axis: 1 });
    },
  };
}
