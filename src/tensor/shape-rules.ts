/**
 * The shape of every operation's result, for sizes known or symbolic. Used by the `shapes` interpreter and by graph
 * builders, so that a net with a wrong shape fails before any data exists.
 */
import type { Dim, MatmulOptions } from './ops.ts';

export type Shape = readonly Dim[];

export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Shapes align at the right; equal sizes or letters agree, 1 stretches. @throws RangeError naming both shapes */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new RangeError(`cannot broadcast ${shapeText(a)} with ${shapeText(b)}`);
  });
}

export function gatherShape(table: Shape, ids: Shape): Shape {
  if (table.length !== 2) throw new RangeError(`gather reads a table [V, C], not ${shapeText(table)}`);
  return [...ids, table[1]!];
}

export function takeShape(x: Shape, index: Shape): Shape {
  if (x.length !== 2 || index.length !== 1 || x[0] !== index[0]) {
    throw new RangeError(`take reads [R, V] at [R], not ${shapeText(x)} at ${shapeText(index)}`);
  }
  return index;
}

export function matmulShape(a: Shape, b: Shape, { transposeA = false, transposeB = false }: MatmulOptions = {}): Shape {
  const [rows, inner] = transposeA ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)];
  const [expected, columns] = transposeB ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)];
  if (a.length < 2 || b.length < 2 || inner !== expected) {
    const text = (shape: Shape, transposed: boolean) => `${transposed ? 'transposed ' : ''}${shapeText(shape)}`;
    throw new RangeError(`cannot multiply ${text(a, transposeA)} by ${text(b, transposeB)}`);
  }
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), rows!, columns!];
}

export const reducedShape = (x: Shape): Shape => [...x.slice(0, -1), 1];

export function sliceShape(x: Shape, start: number, end: number): Shape {
  const last = x.at(-1);
  if (start < 0 || end <= start || (typeof last === 'number' && end > last)) {
    throw new RangeError(`slice ${start}..${end} is outside the last axis of ${shapeText(x)}`);
  }
  return [...x.slice(0, -1), end - start];
}

export function concatShape(a: Shape, b: Shape): Shape {
  const [left, right] = [a.at(-1), b.at(-1)];
  broadcastShapes(a.slice(0, -1), b.slice(0, -1));
  if (typeof left !== 'number' || typeof right !== 'number') throw new RangeError('concat needs known last axes');
  return [...a.slice(0, -1), left + right];
}

export function splitLastShape(x: Shape, heads: number): Shape {
  const last = x.at(-1);
  if (typeof last !== 'number' || last % heads !== 0) {
    throw new RangeError(`cannot split the last axis of ${shapeText(x)} into ${heads} heads`);
  }
  return [...x.slice(0, -1), heads, last / heads];
}

export function mergeLastShape(x: Shape): Shape {
  const [heads, width] = [x.at(-2), x.at(-1)];
  if (typeof heads !== 'number' || typeof width !== 'number') {
    throw new RangeError(`mergeLast needs two known last axes, not ${shapeText(x)}`);
  }
  return [...x.slice(0, -2), heads * width];
}

export function swapMiddleShape(x: Shape): Shape {
  if (x.length !== 4) throw new RangeError(`swapMiddle needs four axes, not ${shapeText(x)}`);
  return [x[0]!, x[2]!, x[1]!, x[3]!];
}

export function flattenShape(x: Shape): Shape {
  const [b, l, ...rest] = x;
  if (b === undefined || l === undefined) throw new RangeError(`flatten joins two axes, not ${shapeText(x)}`);
  if (l === 1) return [b, ...rest];
  return [typeof b === 'number' && typeof l === 'number' ? b * l : `${b}·${l}`, ...rest];
}

export function repeatHeadsShape(x: Shape, times: number): Shape {
  const heads = x[1];
  if (x.length !== 4 || typeof heads !== 'number')
    throw new RangeError(`repeatHeads needs [B, G, L, D], not ${shapeText(x)}`);
  return [x[0]!, heads * times, x[2]!, x[3]!];
}

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dim, i) => dim === b[i]);

export function sumToShape(x: Shape, shape: Shape): Shape {
  const tail = x.slice(x.length - shape.length);
  if (shape.length > x.length || shape.some((dim, axis) => dim !== 1 && dim !== tail[axis])) {
    throw new RangeError(`${shapeText(x)} is not a stretched ${shapeText(shape)}`);
  }
  return shape;
}

export function stretchShape(x: Shape, like: Shape): Shape {
  sumToShape(like, x);
  return like;
}

export function padShape(x: Shape, before: number, after: number): Shape {
  const last = x.at(-1);
  if (typeof last !== 'number') throw new RangeError(`pad needs a known last axis, not ${shapeText(x)}`);
  return [...x.slice(0, -1), before + last + after];
}

export function addRowsShape(table: Shape, ids: Shape, updates: Shape): Shape {
  if (!sameShape(gatherShape(table, ids), updates)) {
    throw new RangeError(
      `addRows adds ${shapeText([...ids, table[1]!])} to ${shapeText(table)}, not ${shapeText(updates)}`,
    );
  }
  return table;
}

export function addAtShape(x: Shape, index: Shape, values: Shape): Shape {
  if (!sameShape(takeShape(x, index), values)) {
    throw new RangeError(`addAt adds ${shapeText(index)} to ${shapeText(x)}, not ${shapeText(values)}`);
  }
  return x;
}

export function unflattenShape(x: Shape, length: number): Shape {
  const [rows, ...rest] = x;
  if (rows !== undefined && length === 1) return [rows, 1, ...rest];
  if (typeof rows === 'number' && rows % length === 0) return [rows / length, length, ...rest];
  const letters = `·${length}`;
  if (typeof rows === 'string' && rows.endsWith(letters)) return [rows.slice(0, -letters.length), length, ...rest];
  throw new RangeError(`unflatten needs [B·${length}, …], not ${shapeText(x)}`);
}

export function sumHeadsShape(x: Shape, times: number): Shape {
  const heads = x[1];
  if (x.length !== 4 || typeof heads !== 'number' || heads % times !== 0) {
    throw new RangeError(`sumHeads needs [B, G·${times}, L, D], not ${shapeText(x)}`);
  }
  return [x[0]!, heads / times, x[2]!, x[3]!];
}
