/** The arithmetic of the reference engine: plain loops over row-major float64 arrays. */
import type { MatmulOptions } from '../tensor/ops.ts';
import * as rules from '../tensor/shape-rules.ts';

/** A row-major float64 tensor. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const sized = (shape: rules.Shape): number[] => shape.map(Number);
const size = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);
export const zeros = (shape: readonly number[]): Tensor => ({ shape, data: new Float64Array(size(shape)) });
export const map = (x: Tensor, f: (value: number) => number): Tensor => ({
  shape: x.shape,
  data: x.data.map((v) => f(v)),
});

/** Element i of the result reads element `index(i)` of a tensor stretched to `shape`. */
function stretched(x: Tensor, shape: readonly number[]): (i: number) => number {
  const strides = shape.map((_, axis) => {
    const own = axis - (shape.length - x.shape.length);
    return own < 0 || x.shape[own] === 1 ? 0 : size(x.shape.slice(own + 1));
  });
  return (i) => {
    let rest = i;
    let index = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return index;
  };
}

export function elementwise(a: Tensor, b: Tensor, f: (x: number, y: number) => number): Tensor {
  const out = zeros(sized(rules.broadcastShapes(a.shape, b.shape)));
  const [left, right] = [stretched(a, out.shape), stretched(b, out.shape)];
  for (let i = 0; i < out.data.length; i++) out.data[i] = f(a.data[left(i)]!, b.data[right(i)]!);
  return out;
}

export function reduce(x: Tensor, f: (row: Float64Array) => number): Tensor {
  const out = zeros(sized(rules.reducedShape(x.shape)));
  const width = x.shape.at(-1)!;
  for (let row = 0; row < out.data.length; row++) out.data[row] = f(x.data.subarray(row * width, (row + 1) * width));
  return out;
}

export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  const out = zeros(sized(rules.matmulShape(a.shape, b.shape, options)));
  const [rows, columns] = [out.shape.at(-2)!, out.shape.at(-1)!];
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  const batch = out.shape.slice(0, -2);
  const matrixOf = (x: Tensor): ((i: number) => number) =>
    stretched({ shape: x.shape.slice(0, -2), data: x.data }, batch);
  const [matrixA, matrixB] = [matrixOf(a), matrixOf(b)];
  const [nextI, nextK] = transposeA ? [1, rows] : [inner, 1]; // steps in a
  const [fromK, nextJ] = transposeB ? [1, inner] : [columns, 1]; // steps in b
  for (let m = 0; m < size(batch); m++) {
    const fromA = matrixA(m) * rows * inner;
    const fromB = matrixB(m) * inner * columns;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          total += a.data[fromA + i * nextI + k * nextK]! * b.data[fromB + k * fromK + j * nextJ]!;
        }
        out.data[(m * rows + i) * columns + j] = total;
      }
    }
  }
  return out;
}

export function slice(x: Tensor, start: number, end: number): Tensor {
  const out = zeros(sized(rules.sliceShape(x.shape, start, end)));
  const [from, to] = [x.shape.at(-1)!, end - start];
  for (let row = 0; row * to < out.data.length; row++) {
    out.data.set(x.data.subarray(row * from + start, row * from + end), row * to);
  }
  return out;
}

export function concat(a: Tensor, b: Tensor): Tensor {
  const out = zeros(sized(rules.concatShape(a.shape, b.shape)));
  const [left, right] = [a.shape.at(-1)!, b.shape.at(-1)!];
  for (let row = 0; row * (left + right) < out.data.length; row++) {
    out.data.set(a.data.subarray(row * left, (row + 1) * left), row * (left + right));
    out.data.set(b.data.subarray(row * right, (row + 1) * right), row * (left + right) + left);
  }
  return out;
}

export function swapMiddle(x: Tensor): Tensor {
  const out = zeros(sized(rules.swapMiddleShape(x.shape)));
  const [b, l, h, d] = x.shape as readonly [number, number, number, number];
  for (let row = 0; row < b * l * h; row++) {
    const [batch, i, j] = [Math.floor(row / (l * h)), Math.floor(row / h) % l, row % h];
    out.data.set(x.data.subarray(row * d, (row + 1) * d), ((batch * h + j) * l + i) * d);
  }
  return out;
}

export function repeatHeads(x: Tensor, times: number): Tensor {
  const out = zeros(sized(rules.repeatHeadsShape(x.shape, times)));
  const block = x.shape[2]! * x.shape[3]!;
  for (let head = 0; head * block < out.data.length; head++) {
    const source = Math.floor(head / times);
    out.data.set(x.data.subarray(source * block, (source + 1) * block), head * block);
  }
  return out;
}

export function sumTo(x: Tensor, like: Tensor): Tensor {
  const out = zeros(sized(rules.sumToShape(x.shape, like.shape)));
  const target = stretched(out, x.shape);
  for (let i = 0; i < x.data.length; i++) out.data[target(i)]! += x.data[i]!;
  return out;
}

export function stretch(x: Tensor, like: Tensor): Tensor {
  const out = zeros(sized(rules.stretchShape(x.shape, like.shape)));
  const source = stretched(x, out.shape);
  return { shape: out.shape, data: out.data.map((_, i) => x.data[source(i)]!) };
}

export function pad(x: Tensor, before: number, after: number): Tensor {
  const out = zeros(sized(rules.padShape(x.shape, before, after)));
  const [from, to] = [x.shape.at(-1)!, out.shape.at(-1)!];
  for (let row = 0; row * to < out.data.length; row++) {
    out.data.set(x.data.subarray(row * from, (row + 1) * from), row * to + before);
  }
  return out;
}

export function addRows(table: Tensor, ids: Tensor, updates: Tensor): Tensor {
  rules.addRowsShape(table.shape, ids.shape, updates.shape);
  const [width, data] = [table.shape[1]!, table.data.slice()];
  ids.data.forEach((id, i) => {
    for (let c = 0; c < width; c++) data[id * width + c]! += updates.data[i * width + c]!;
  });
  return { shape: table.shape, data };
}

export function addAt(x: Tensor, index: Tensor, values: Tensor): Tensor {
  rules.addAtShape(x.shape, index.shape, values.shape);
  const data = x.data.slice();
  index.data.forEach((column, row) => {
    data[row * x.shape[1]! + column]! += values.data[row]!;
  });
  return { shape: x.shape, data };
}

export function sumHeads(x: Tensor, times: number): Tensor {
  const out = zeros(sized(rules.sumHeadsShape(x.shape, times)));
  const block = x.shape[2]! * x.shape[3]!;
  for (let i = 0; i < x.data.length; i++) {
    const head = Math.floor(i / block);
    out.data[Math.floor(head / times) * block + (i % block)]! += x.data[i]!;
  }
  return out;
}
