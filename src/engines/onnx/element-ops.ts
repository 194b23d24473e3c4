/** Arithmetic entry by entry and along rows, as nodes of a graph. */
import type { Ops } from '../../tensor/ops.ts';
import * as rules from '../../tensor/shape-rules.ts';
import type { GraphNodes, Value } from './value.ts';

type ElementOp = 'add' | 'sub' | 'mul' | 'div' | 'exp' | 'log' | 'tanh' | 'sqrt' | 'sum' | 'max' | 'argmax';

export function elementOps(ops: GraphNodes): Pick<Ops<Value>, ElementOp> {
  const binary =
    (type: string) =>
    (a: Value, b: Value): Value =>
      ops.node(type, [a, b], rules.broadcastShapes(a.shape, b.shape));
  const unary =
    (type: string) =>
    (x: Value): Value =>
      ops.node(type, [x], x.shape);
  const reduced =
    (type: string) =>
    (x: Value): Value =>
      ops.node(type, [x, ops.ints([-1])], rules.reducedShape(x.shape), { keepdims: 1 });
  return {
    ...{ add: binary('Add'), sub: binary('Sub'), mul: binary('Mul'), div: binary('Div') },
    ...{ exp: unary('Exp'), log: unary('Log'), tanh: unary('Tanh'), sqrt: unary('Sqrt') },
    ...{ sum: reduced('ReduceSum'), max: reduced('ReduceMax') },
    argmax: (x) => ({ ...ops.node('ArgMax', [x], x.shape.slice(0, -1), { axis: -1, keepdims: 0 }), argmaxOf: x }),
  };
}
