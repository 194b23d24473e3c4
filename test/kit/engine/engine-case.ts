/** A small program with its result written out as a plain formula, one entry at a time. */
import { stream } from '../../../src/core/numbers/random.ts';
import type { Dim, HostTensor, Ops } from '../../../src/tensor/ops.ts';

type Entry = (...index: number[]) => number;

/** A tensor with the sizes that its program declares: letters, so that graphs are checked for sizes they do not know. */
export interface Given extends HostTensor {
  readonly declared: readonly Dim[];
  readonly at: Entry;
}

export interface EngineCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Given>>;
  readonly build: Build;
  readonly expected: { readonly declared: readonly Dim[]; readonly dims: readonly number[]; readonly at: Entry };
  readonly dtype: 'float32' | 'int32';
}

type Build = <T>(ops: Ops<T>, inputs: (name: string) => T) => T;

/** What each letter stands for. */
export const SIZES: Readonly<Record<string, number>> = { N: 3, B: 2, L: 3, P: 4, B·L: 6, B·3: 6 };

export function given(declared: readonly Dim[], data: Float32Array | Int32Array): Given {
  const dims = sized(declared);
  const at: Entry = (...index) =>
    data[index.reduce((offset, i, axis) => offset * (dims[axis] as number) + i, 0)] as number;
  return { declared, dims, data, at };
}

/** Seeded float32 values in [low, high). */
export function values(name: string, declared: readonly Dim[], low = -2, high = 2): Given {
  const random = stream(1, 'engines', name);
  const length = sized(declared).reduce((product, dim) => product * dim, 1);
  return given(
    declared,
    Float32Array.from({ length }, (_, i) => low + (high - low) * random.uniform(i)),
  );
}

export function engineCase(
  name: string,
  inputs: EngineCase['inputs'],
  build: Build,
  declared: readonly Dim[],
  at: Entry,
  dtype: EngineCase['dtype'] = 'float32',
): EngineCase {
  return { name, inputs, build, expected: { declared, dims: sized(declared), at }, dtype };
}

export function total(n: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += term(i);
  return sum;
}

/** Every index of a tensor of these sizes, in row-major order. */
export function indices(dims: readonly number[]): number[][] {
  return dims.reduce<number[][]>(
    (found, dim) => found.flatMap((index) => Array.from({ length: dim }, (_, i) => [...index, i])),
    [[]],
  );
}

const sized = (declared: readonly Dim[]): number[] =>
  declared.map((dim) => (typeof dim === 'number' ? dim : (SIZES[dim] as number)));
