/** Every operation of `Ops` with its derivative. */
import type { MatmulOptions, Ops } from './ops.ts';
import * as rules from './shape-rules.ts';
import type { Contribution, Link, Recorder, Traced } from './tape-record.ts';

export type TapeOps<T> = Omit<Ops<Traced<T>>, 'weight' | 'fused'>;

export function tapeOps<T>(ops: Ops<T>, tape: Recorder<T>): TapeOps<T> {
  return { ...arithmetic(ops, tape), ...reading(ops, tape), ...layouts(ops, tape), ...summing(ops, tape) };
}

export const whole = <T>(value: T): Contribution<T> => ({ kind: 'whole', value });

/** A link whose contribution has the shape of the result stretched: sums it back to the operand's. */
function fitted<T>(ops: Ops<T>, operand: Traced<T>, from: rules.Shape, give: (gradient: T) => T): Link<T> {
  const isSame = rules.sameShape(operand.shape, from);
  return [operand, (g) => whole(isSame ? give(g) : ops.sumTo(give(g), operand.value))];
}

type Names = keyof TapeOps<unknown>;
type Some<T, Name extends Names> = Pick<TapeOps<T>, Name>;

function arithmetic<T>(
  ops: Ops<T>,
  tape: Recorder<T>,
): Some<T, 'scalar' | 'add' | 'sub' | 'mul' | 'div' | 'exp' | 'log' | 'tanh' | 'sqrt' | 'equal' | 'matmul'> {
  const binary = (a: Traced<T>, b: Traced<T>, value: T, byA: (g: T) => T, byB: (g: T) => T): Traced<T> => {
    const shape = rules.broadcastShapes(a.shape, b.shape);
    return tape.result(value, shape, [fitted(ops, a, shape, byA), fitted(ops, b, shape, byB)]);
  };
  const unary = (x: Traced<T>, value: T, by: (g: T) => T): Traced<T> =>
    tape.result(value, x.shape, [[x, (g) => whole(by(g))]]);
  const minus = (x: T): T => ops.mul(ops.scalar(-1), x);
  return {
    scalar: (value) => tape.constant(ops.scalar(value), []),
    add: (a, b) =>
      binary(
        a,
        b,
        ops.add(a.value, b.value),
        (g) => g,
        (g) => g,
      ),
    sub: (a, b) => binary(a, b, ops.sub(a.value, b.value), (g) => g, minus),
    mul: (a, b) =>
      binary(
        a,
        b,
        ops.mul(a.value, b.value),
        (g) => ops.mul(g, b.value),
        (g) => ops.mul(g, a.value),
      ),
    div: (a, b) => {
      const ratio = ops.div(a.value, b.value);
      return binary(
        a,
        b,
        ratio,
        (g) => ops.div(g, b.value),
        (g) => minus(ops.div(ops.mul(g, ratio), b.value)),
      );
    },
    exp: (x) => {
      const power = ops.exp(x.value);
      return unary(x, power, (g) => ops.mul(g, power));
    },
    log: (x) => unary(x, ops.log(x.value), (g) => ops.div(g, x.value)),
    tanh: (x) => {
      const slope = ops.tanh(x.value);
      return unary(x, slope, (g) => ops.mul(g, ops.sub(ops.scalar(1), ops.mul(slope, slope))));
    },
    sqrt: (x) => {
      const root = ops.sqrt(x.value);
      return unary(x, root, (g) => ops.div(g, ops.mul(ops.scalar(2), root)));
    },
    equal: (a, b) => tape.constant(ops.equal(a.value, b.value), rules.broadcastShapes(a.shape, b.shape)),
    matmul: (a, b, options = {}) => product(ops, tape, a, b, options),
  };
}

function product<T>(ops: Ops<T>, tape: Recorder<T>, a: Traced<T>, b: Traced<T>, options: MatmulOptions): Traced<T> {
  const { transposeA = false, transposeB = false } = options;
  const shape = rules.matmulShape(a.shape, b.shape, options);
  // Of y = A B: dA = g Bᵀ and dB = Aᵀ g; of a transposed operand, the transposed product.
  const byA = (g: T): T =>
    transposeA
      ? ops.matmul(b.value, g, { transposeA: transposeB, transposeB: true })
      : ops.matmul(g, b.value, { transposeB: !transposeB });
  const byB = (g: T): T =>
    transposeB
      ? ops.matmul(g, a.value, { transposeA: true, transposeB: transposeA })
      : ops.matmul(a.value, g, { transposeA: !transposeA });
  const stretched = (x: Traced<T>): rules.Shape => [...shape.slice(0, -2), ...x.shape.slice(-2)];
  const links = [fitted(ops, a, stretched(a), byA), fitted(ops, b, stretched(b), byB)];
  return tape.result(ops.matmul(a.value, b.value, options), shape, links);
}

const reading = <T>(
  ops: Ops<T>,
  tape: Recorder<T>,
): Some<T, 'gather' | 'take' | 'argmax' | 'addRows' | 'addAt' | 'slice' | 'pad' | 'concat'> => ({
  gather: (table, ids) => {
    if (ids.layout?.kind === 'rows') return table;
    if (ids.layout?.kind === 'sequences') return unflatten(ops, tape, table, ids.layout.length);
    const shape = rules.gatherShape(table.shape, ids.shape);
    return tape.result(ops.gather(table.value, ids.value), shape, [
      [table, (value) => ({ kind: 'rows', ids: ids.value, value })],
    ]);
  },
  take: (x, index) =>
    tape.result(ops.take(x.value, index.value), rules.takeShape(x.shape, index.shape), [
      [x, (value) => ({ kind: 'entries', index: index.value, value })],
    ]),
  argmax: (x) => tape.constant(ops.argmax(x.value), x.shape.slice(0, -1)),
  addRows: (table, ids, updates) =>
    tape.result(
      ops.addRows(table.value, ids.value, updates.value),
      rules.addRowsShape(table.shape, ids.shape, updates.shape),
      [
        [table, whole],
        [updates, (g) => whole(ops.gather(g, ids.value))],
      ],
    ),
  addAt: (x, index, values) =>
    tape.result(ops.addAt(x.value, index.value, values.value), rules.addAtShape(x.shape, index.shape, values.shape), [
      [x, whole],
      [values, (g) => whole(ops.take(g, index.value))],
    ]),
  slice: (x, start, end) =>
    tape.result(ops.slice(x.value, start, end), rules.sliceShape(x.shape, start, end), [
      [x, (value) => ({ kind: 'slice', start, end, value })],
    ]),
  pad: (x, before, after) =>
    tape.result(ops.pad(x.value, before, after), rules.padShape(x.shape, before, after), [
      [x, (g) => whole(ops.slice(g, before, before + Number(x.shape.at(-1))))],
    ]),
  concat: (a, b) => {
    const shape = rules.concatShape(a.shape, b.shape);
    const [left, all] = [Number(a.shape.at(-1)), Number(shape.at(-1))];
    return tape.result(ops.concat(a.value, b.value), shape, [
      [a, (g) => whole(ops.slice(g, 0, left))],
      [b, (g) => whole(ops.slice(g, left, all))],
    ]);
  },
});

function layouts<T>(
  ops: Ops<T>,
  tape: Recorder<T>,
): Some<T, 'splitLast' | 'mergeLast' | 'swapMiddle' | 'flatten' | 'unflatten' | 'repeatHeads' | 'sumHeads'> {
  const moved = (x: Traced<T>, value: T, shape: rules.Shape, back: (g: T) => T): Traced<T> =>
    tape.result(value, shape, [[x, (g) => whole(back(g))]]);
  return {
    splitLast: (x, heads) =>
      moved(x, ops.splitLast(x.value, heads), rules.splitLastShape(x.shape, heads), (g) => ops.mergeLast(g)),
    mergeLast: (x) =>
      moved(x, ops.mergeLast(x.value), rules.mergeLastShape(x.shape), (g) => ops.splitLast(g, Number(x.shape.at(-2)))),
    swapMiddle: (x) => moved(x, ops.swapMiddle(x.value), rules.swapMiddleShape(x.shape), (g) => ops.swapMiddle(g)),
    flatten: (x) =>
      moved(x, ops.flatten(x.value), rules.flattenShape(x.shape), (g) => ops.unflatten(g, Number(x.shape[1]))),
    unflatten: (x, length) => unflatten(ops, tape, x, length),
    repeatHeads: (x, times) =>
      moved(x, ops.repeatHeads(x.value, times), rules.repeatHeadsShape(x.shape, times), (g) => ops.sumHeads(g, times)),
    sumHeads: (x, times) =>
      moved(x, ops.sumHeads(x.value, times), rules.sumHeadsShape(x.shape, times), (g) => ops.repeatHeads(g, times)),
  };
}

function unflatten<T>(ops: Ops<T>, tape: Recorder<T>, x: Traced<T>, length: number): Traced<T> {
  return tape.result(ops.unflatten(x.value, length), rules.unflattenShape(x.shape, length), [
    [x, (g) => whole(ops.flatten(g))],
  ]);
}

const summing = <T>(ops: Ops<T>, tape: Recorder<T>): Some<T, 'sum' | 'max' | 'sumTo' | 'stretch' | 'zerosLike'> => ({
  sum: (x) => tape.result(ops.sum(x.value), rules.reducedShape(x.shape), [[x, (g) => whole(ops.stretch(g, x.value))]]),
  max: (x) => {
    const largest = ops.max(x.value);
    return tape.result(largest, rules.reducedShape(x.shape), [
      [
        x,
        (g) => {
          const hit = ops.equal(x.value, largest); // equal entries share the gradient
          return whole(ops.mul(hit, ops.div(g, ops.sum(hit))));
        },
      ],
    ]);
  },
  sumTo: (x, like) =>
    tape.result(ops.sumTo(x.value, like.value), rules.sumToShape(x.shape, like.shape), [
      [x, (g) => whole(ops.stretch(g, x.value))],
    ]),
  stretch: (x, like) =>
    tape.result(ops.stretch(x.value, like.value), rules.stretchShape(x.shape, like.shape), [
      [x, (g) => whole(ops.sumTo(g, x.value))],
    ]),
  zerosLike: (x) => tape.constant(ops.zerosLike(x.value), x.shape),
});
