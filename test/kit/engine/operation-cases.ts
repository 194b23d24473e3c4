/** Every operation of `Ops`, on the shapes in which nets use it. */
import { engineCase, given, total, values } from './engine-case.ts';

const [C, H, D, V] = [4, 2, 2, 5];
const x = values('x', ['N', C]);
const y = values('y', ['N', C], 0.5, 2);
const row = values('row', [C], 0.5, 2);
const column = values('column', ['N', 1], 0.5, 2);
const square = values('square', ['B', H, 'L', 'L']);
const shared = values('shared', ['B', 1, 'L', 'L'], 0.5, 2);
const heads = values('heads', ['B', 'L', H, D]);
const wide = values('wide', ['B', 'L', H * D]);
const table = values('table', [V, C]);
const ids = given(['N'], Int32Array.of(4, 0, 4));
const inner = values('inner', [C, V]);
const q = values('q', ['B', H, 'L', D]);
const k = values('k', ['B', H, 'L', D]);
const slots = given(['B', 'L'], Int32Array.of(2, 2, 0, 1, 4, 3));

const ARITHMETIC = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
};

const elementwise = (['add', 'sub', 'mul', 'div'] as const).flatMap((op) => {
  const f = ARITHMETIC[op];
  return [
    engineCase(
      `${op} of equal shapes`,
      { x, y },
      (ops, t) => ops[op](t('x'), t('y')),
      ['N', C],
      (n, c) => f(x.at(n, c), y.at(n, c)),
    ),
    engineCase(
      `${op} of every row and one row`,
      { x, row },
      (ops, t) => ops[op](t('x'), t('row')),
      ['N', C],
      (n, c) => f(x.at(n, c), row.at(c)),
    ),
    engineCase(
      `${op} of every row and one number a row`,
      { x, column },
      (ops, t) => ops[op](t('x'), t('column')),
      ['N', C],
      (n, c) => f(x.at(n, c), column.at(n, 0)),
    ),
    engineCase(
      `${op} of a column and a row`,
      { column, row },
      (ops, t) => ops[op](t('column'), t('row')),
      ['N', C],
      (n, c) => f(column.at(n, 0), row.at(c)),
    ),
    engineCase(
      `${op} of all heads and one matrix`,
      { square, shared },
      (ops, t) => ops[op](t('square'), t('shared')),
      ['B', H, 'L', 'L'],
      (b, h, i, j) => f(square.at(b, h, i, j), shared.at(b, 0, i, j)),
    ),
    engineCase(
      `${op} of a number and a tensor`,
      { y },
      (ops, t) => ops[op](ops.scalar(0.3), t('y')),
      ['N', C],
      (n, c) => f(Math.fround(0.3), y.at(n, c)),
    ),
  ];
});

const unary = (['exp', 'log', 'tanh', 'sqrt'] as const).map((op) =>
  engineCase(
    op,
    { y },
    (ops, t) => ops[op](t('y')),
    ['N', C],
    (n, c) => Math[op](y.at(n, c)),
  ),
);

const products = [
  engineCase(
    'matmul of two matrices',
    { x, inner },
    (ops, t) => ops.matmul(t('x'), t('inner')),
    ['N', V],
    (n, v) => total(C, (c) => x.at(n, c) * inner.at(c, v)),
  ),
  engineCase(
    'matmul with the second one transposed',
    { x, table },
    (ops, t) => ops.matmul(t('x'), t('table'), { transposeB: true }),
    ['N', V],
    (n, v) => total(C, (c) => x.at(n, c) * table.at(v, c)),
  ),
  engineCase(
    'matmul head by head',
    { square, k },
    (ops, t) => ops.matmul(t('square'), t('k')),
    ['B', H, 'L', D],
    (b, h, i, d) => total(3, (j) => square.at(b, h, i, j) * k.at(b, h, j, d)),
  ),
  engineCase(
    'matmul head by head with the second one transposed',
    { q, k },
    (ops, t) => ops.matmul(t('q'), t('k'), { transposeB: true }),
    ['B', H, 'L', 'L'],
    (b, h, i, j) => total(D, (d) => q.at(b, h, i, d) * k.at(b, h, j, d)),
  ),
  engineCase(
    'matmul of all heads by one matrix',
    { square, shared },
    (ops, t) => ops.matmul(t('square'), t('shared')),
    ['B', H, 'L', 'L'],
    (b, h, i, j) => total(3, (k) => square.at(b, h, i, k) * shared.at(b, 0, k, j)),
  ),
];

const reading = [
  engineCase(
    'gather of rows',
    { table, ids },
    (ops, t) => ops.gather(t('table'), t('ids')),
    ['N', C],
    (n, c) => table.at(ids.at(n), c),
  ),
  engineCase(
    'gather of rows into slots',
    { table, slots },
    (ops, t) => ops.gather(t('table'), t('slots')),
    ['B', 'L', C],
    (b, l, c) => table.at(slots.at(b, l), c),
  ),
  engineCase(
    'take of one entry a row',
    { x, columns: given(['N'], Int32Array.of(3, 0, 2)) },
    (ops, t) => ops.take(t('x'), t('columns')),
    ['N'],
    (n) => x.at(n, [3, 0, 2][n] as number),
  ),
  engineCase(
    'slice of the last axis',
    { wide },
    (ops, t) => ops.slice(t('wide'), 1, 3),
    ['B', 'L', 2],
    (b, l, c) => wide.at(b, l, 1 + c),
  ),
  engineCase(
    'concat on the last axis',
    { x, column },
    (ops, t) => ops.concat(t('column'), t('x')),
    ['N', 1 + C],
    (n, c) => (c === 0 ? column.at(n, 0) : x.at(n, c - 1)),
  ),
];

const ties = given(['N', C], Float32Array.of(1, 3, 3, 2, -1, -1, -1, -1, 0, 0, 0, 5));
const reductions = [
  engineCase(
    'sum of the last axis',
    { x },
    (ops, t) => ops.sum(t('x')),
    ['N', 1],
    (n) => total(C, (c) => x.at(n, c)),
  ),
  engineCase(
    'sum of the last axis of four',
    { square },
    (ops, t) => ops.sum(t('square')),
    ['B', H, 'L', 1],
    (b, h, i) => total(3, (j) => square.at(b, h, i, j)),
  ),
  engineCase(
    'max of the last axis',
    { x },
    (ops, t) => ops.max(t('x')),
    ['N', 1],
    (n) => Math.max(...[0, 1, 2, 3].map((c) => x.at(n, c))),
  ),
  engineCase(
    'argmax takes the first of equal entries',
    { ties },
    (ops, t) => ops.argmax(t('ties')),
    ['N'],
    (n) => [1, 0, 3][n] as number,
    'int32',
  ),
  engineCase(
    'take at an argmax is the max',
    { x },
    (ops, t) => ops.take(t('x'), ops.argmax(t('x'))),
    ['N'],
    (n) => Math.max(...[0, 1, 2, 3].map((c) => x.at(n, c))),
  ),
];

const layouts = [
  engineCase(
    'splitLast',
    { wide },
    (ops, t) => ops.splitLast(t('wide'), H),
    ['B', 'L', H, D],
    (b, l, h, d) => wide.at(b, l, h * D + d),
  ),
  engineCase(
    'splitLast of two axes',
    { x },
    (ops, t) => ops.splitLast(t('x'), H),
    ['N', H, D],
    (n, h, d) => x.at(n, h * D + d),
  ),
  engineCase(
    'mergeLast',
    { heads },
    (ops, t) => ops.mergeLast(t('heads')),
    ['B', 'L', H * D],
    (b, l, c) => heads.at(b, l, Math.floor(c / D), c % D),
  ),
  engineCase(
    'swapMiddle',
    { heads },
    (ops, t) => ops.swapMiddle(t('heads')),
    ['B', H, 'L', D],
    (b, h, l, d) => heads.at(b, l, h, d),
  ),
  engineCase(
    'flatten',
    { wide },
    (ops, t) => ops.flatten(t('wide')),
    ['B·L', H * D],
    (n, c) => wide.at(Math.floor(n / 3), n % 3, c),
  ),
  engineCase(
    'repeatHeads repeats each head in place',
    { heads: square },
    (ops, t) => ops.repeatHeads(t('heads'), 3),
    ['B', H * 3, 'L', 'L'],
    (b, h, i, j) => square.at(b, Math.floor(h / 3), i, j),
  ),
];

export const OPERATION_CASES = [...elementwise, ...unary, ...products, ...reading, ...reductions, ...layouts];
