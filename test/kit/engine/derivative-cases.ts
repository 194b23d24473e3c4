/** The operations of which derivatives are made, on the shapes in which `tape` uses them. */
import { engineCase, given, total, values } from './engine-case.ts';

const [C, H, D, V, L] = [4, 2, 2, 5, 3];
const x = values('derivative x', ['N', C]);
const y = values('derivative y', ['N', V]);
const row = values('derivative row', [C]);
const column = values('derivative column', ['N', 1]);
const targets = values('derivative numbers', ['N']);
const table = values('derivative table', [V, C]);
const ids = given(['N'], Int32Array.of(4, 0, 4));
const slots = given(['B', 'L'], Int32Array.of(2, 2, 0, 1, 4, 2));
const perSlot = values('derivative slots', ['B', 'L', C]);
const square = values('derivative square', ['B', H, 'L', 'L']);
const matrix = values('derivative matrix', [1, 'L', 'L']);
const heads = values('derivative heads', ['B', H, 'L', D]);
const flat = values('derivative flat', ['B·3', C]);
const rounded = given(['N', C], Float32Array.of(1, 3, 3, 2, -1, -1, 0, -1, 0, 0, 0, 5));
const columns = given(['N'], Int32Array.of(3, 0, 2));

const products = [
  engineCase(
    'matmul with the first one transposed',
    { x, y },
    (ops, t) => ops.matmul(t('x'), t('y'), { transposeA: true }),
    [C, V],
    (c, v) => total(3, (n) => x.at(n, c) * y.at(n, v)),
  ),
  engineCase(
    'matmul with both transposed',
    { x, table },
    (ops, t) => ops.matmul(t('table'), t('x'), { transposeB: true }),
    [V, 'N'],
    (v, n) => total(C, (c) => table.at(v, c) * x.at(n, c)),
  ),
  engineCase(
    'matmul with both transposed, the first one too',
    { y, table },
    (ops, t) => ops.matmul(t('table'), t('y'), { transposeA: true, transposeB: true }),
    [C, 'N'],
    (c, n) => total(V, (v) => table.at(v, c) * y.at(n, v)),
  ),
  engineCase(
    'matmul head by head with the first one transposed',
    { square, heads },
    (ops, t) => ops.matmul(t('square'), t('heads'), { transposeA: true }),
    ['B', H, 'L', D],
    (b, h, i, d) => total(L, (j) => square.at(b, h, j, i) * heads.at(b, h, j, d)),
  ),
];

const sums = [
  engineCase(
    'sumTo one row',
    { x, row },
    (ops, t) => ops.sumTo(t('x'), t('row')),
    [C],
    (c) => total(3, (n) => x.at(n, c)),
  ),
  engineCase(
    'sumTo one number a row',
    { x, column },
    (ops, t) => ops.sumTo(t('x'), t('column')),
    ['N', 1],
    (n) => total(C, (c) => x.at(n, c)),
  ),
  engineCase(
    'sumTo a number',
    { x },
    (ops, t) => ops.sumTo(t('x'), ops.scalar(0)),
    [],
    () => total(3, (n) => total(C, (c) => x.at(n, c))),
  ),
  engineCase(
    'sumTo one matrix of all sequences and heads',
    { square, matrix },
    (ops, t) => ops.sumTo(t('square'), t('matrix')),
    [1, 'L', 'L'],
    (_, i, j) => total(2, (b) => total(H, (h) => square.at(b, h, i, j))),
  ),
  engineCase(
    'sumTo the same shape',
    { x },
    (ops, t) => ops.sumTo(t('x'), t('x')),
    ['N', C],
    (n, c) => x.at(n, c),
  ),
  engineCase(
    'sumHeads',
    { heads },
    (ops, t) => ops.sumHeads(t('heads'), 2),
    ['B', 1, 'L', D],
    (b, _, l, d) => heads.at(b, 0, l, d) + heads.at(b, 1, l, d),
  ),
];

const stretches = [
  engineCase(
    'stretch of a column',
    { column, x },
    (ops, t) => ops.stretch(t('column'), t('x')),
    ['N', C],
    (n) => column.at(n, 0),
  ),
  engineCase(
    'stretch of a row',
    { row, x },
    (ops, t) => ops.stretch(t('row'), t('x')),
    ['N', C],
    (_, c) => row.at(c),
  ),
  engineCase(
    'zerosLike',
    { x },
    (ops, t) => ops.zerosLike(t('x')),
    ['N', C],
    () => 0,
  ),
  engineCase(
    'equal',
    { rounded },
    (ops, t) => ops.equal(t('rounded'), ops.max(t('rounded'))),
    ['N', C],
    (n, c) => Number(rounded.at(n, c) === [3, 0, 5][n]),
  ),
  engineCase(
    'pad',
    { x },
    (ops, t) => ops.pad(t('x'), 1, 2),
    ['N', C + 3],
    (n, c) => (c < 1 || c > C ? 0 : x.at(n, c - 1)),
  ),
  engineCase(
    'unflatten of numbers into rows of one',
    { targets },
    (ops, t) => ops.unflatten(t('targets'), 1),
    ['N', 1],
    (n) => targets.at(n),
  ),
  engineCase(
    'flatten of rows of one',
    { column },
    (ops, t) => ops.flatten(t('column')),
    ['N'],
    (n) => column.at(n, 0),
  ),
  engineCase(
    'unflatten',
    { flat },
    (ops, t) => ops.unflatten(t('flat'), 3),
    ['B', 3, C],
    (b, l, c) => flat.at(3 * b + l, c),
  ),
];

const scatters = [
  engineCase(
    'addRows adds repeated ids',
    { table, ids, x },
    (ops, t) => ops.addRows(t('table'), t('ids'), t('x')),
    [V, C],
    (v, c) => table.at(v, c) + total(3, (n) => (ids.at(n) === v ? x.at(n, c) : 0)),
  ),
  engineCase(
    'addRows of slots',
    { table, slots, perSlot },
    (ops, t) => ops.addRows(t('table'), t('slots'), t('perSlot')),
    [V, C],
    (v, c) => table.at(v, c) + total(2, (b) => total(L, (l) => (slots.at(b, l) === v ? perSlot.at(b, l, c) : 0))),
  ),
  engineCase(
    'addAt adds one entry a row',
    { x, columns, ids },
    (ops, t) => ops.addAt(t('x'), t('columns'), ops.take(t('x'), t('columns'))),
    ['N', C],
    (n, c) => x.at(n, c) * (columns.at(n) === c ? 2 : 1),
  ),
];

export const DERIVATIVE_CASES = [...products, ...sums, ...stretches, ...scatters];
