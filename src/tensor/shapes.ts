/** The interpreter whose tensors are shapes: checks a program and counts its arithmetic without any data. */
import type { Dim, Ops, Program, TensorSpec } from './ops.ts';
import * as rules from './shape-rules.ts';

export interface ShapeReport {
  readonly outputs: Readonly<Record<string, rules.Shape>>;
  /** Names of the weights that the program reads. */
  readonly weights: ReadonlySet<string>;
  /** Floating-point operations of all matrix products (a multiply-add counts 2); element-wise work is left out. */
  readonly flops: number;
}

/**
 * Runs a program on shapes.
 *
 * @param weights shape of each weight
 * @param sizes   number for each symbolic size (`N`, `B`, `L`, `R`)
 * @throws RangeError naming the operation's shapes when they do not fit
 */
export function checkShapes<In extends string, Out extends string>(
  program: Program<In, Out>,
  weights: ReadonlyMap<string, rules.Shape>,
  sizes: Readonly<Record<string, number>>,
): ShapeReport {
  const used = new Set<string>();
  let flops = 0;
  const ops = shapeOps(weights, used, (count) => {
    flops += count;
  });
  const fixed = (dim: Dim): Dim => (typeof dim === 'number' ? dim : (sizes[dim] ?? dim));
  const inputs = Object.entries<TensorSpec>(program.inputs).map(([name, spec]) => [name, spec.dims.map(fixed)]);
  const outputs = program.build<rules.Shape>(ops, Object.fromEntries(inputs));
  return { outputs, weights: used, flops };
}

function shapeOps(
  weights: ReadonlyMap<string, rules.Shape>,
  used: Set<string>,
  spend: (flops: number) => void,
): Ops<rules.Shape> {
  const same = (x: rules.Shape): rules.Shape => x;
  return {
    weight: (name) => {
      const shape = weights.get(name);
      if (shape === undefined) throw new RangeError(`the checkpoint has no weight '${name}'`);
      used.add(name);
      return shape;
    },
    scalar: () => [],
    gather: rules.gatherShape,
    take: rules.takeShape,
    matmul: (a, b, options) => {
      const shape = rules.matmulShape(a, b, options);
      spend(
        2 *
          shape.reduce<number>((product, dim) => product * Number(dim), 1) *
          Number(options?.transposeA ? a.at(-2) : a.at(-1)),
      );
      return shape;
    },
    add: rules.broadcastShapes,
    sub: rules.broadcastShapes,
    mul: rules.broadcastShapes,
    div: rules.broadcastShapes,
    exp: same,
    log: same,
    tanh: same,
    sqrt: same,
    sum: rules.reducedShape,
    max: rules.reducedShape,
    argmax: (x) => x.slice(0, -1),
    slice: rules.sliceShape,
    concat: rules.concatShape,
    splitLast: rules.splitLastShape,
    mergeLast: rules.mergeLastShape,
    swapMiddle: rules.swapMiddleShape,
    flatten: rules.flattenShape,
    repeatHeads: rules.repeatHeadsShape,
    equal: rules.broadcastShapes,
    sumTo: rules.sumToShape,
    stretch: rules.stretchShape,
    zerosLike: same,
    pad: rules.padShape,
    addRows: rules.addRowsShape,
    addAt: rules.addAtShape,
    unflatten: rules.unflattenShape,
    sumHeads: rules.sumHeadsShape,
    fused: {},
  };
}
