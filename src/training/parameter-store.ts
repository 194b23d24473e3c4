/** Parameters, moments and gradients as four flat vectors, 16 bytes a parameter, with a view of each by name. */
import { HarnessError } from '../core/errors.ts';
import type { HostTensor } from '../tensor/ops.ts';

/** Each tensor begins at a multiple of 64 bytes. */
const ALIGNMENT = 16;

export const VECTORS = ['parameter', 'first', 'second', 'gradient'] as const;
export type Vector = (typeof VECTORS)[number];

/** A run of entries that share their weight decay. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly decays: boolean;
}

export interface ParameterStore {
  readonly vectors: Readonly<Record<Vector, Float32Array>>;
  readonly views: Readonly<Record<Vector, ReadonlyMap<string, HostTensor>>>;
  readonly stretches: readonly Stretch[];
}

/** Lays out parameters, those that decay first. */
export function parameterStore(
  initial: ReadonlyMap<string, HostTensor>,
  decays: (name: string, dims: readonly number[]) => boolean,
): ParameterStore {
  const [decayed, kept] = [true, false].map((wanted) =>
    [...initial].filter(([name, { dims }]) => decays(name, dims) === wanted),
  ) as [[string, HostTensor][], [string, HostTensor][]];
  let end = 0;
  const place = ([name, { data, dims }]: [string, HostTensor]) => {
    const from = end;
    end = Math.ceil((from + data.length) / ALIGNMENT) * ALIGNMENT;
    return { name, dims, from, to: from + data.length };
  };
  const decayedPlaces = decayed.map(place);
  const border = end;
  const places = [...decayedPlaces, ...kept.map(place)];
  const vectors = perVector(() => new Float32Array(end));
  const views = perVector(
    (vector) =>
      new Map(places.map(({ name, dims, from, to }) => [name, { dims, data: vectors[vector].subarray(from, to) }])),
  );
  fill(views.parameter, initial);
  const stretches = [
    { from: 0, to: border, decays: true },
    { from: border, to: end, decays: false },
  ].filter(({ from, to }) => to > from);
  return { vectors, views, stretches };
}

/** @throws HarnessError 'bad-checkpoint' when a tensor is missing or has another shape */
export function fill(views: ReadonlyMap<string, HostTensor>, values: ReadonlyMap<string, HostTensor>): void {
  for (const [name, view] of views) {
    const value = values.get(name);
    if (value?.dims.join() !== view.dims.join()) {
      const found = value === undefined ? 'nothing' : `[${value.dims.join(', ')}]`;
      const hint = 'The saved state belongs to another network; start again from its own checkpoint.';
      throw new HarnessError('bad-checkpoint', `${name}: expected [${view.dims.join(', ')}], found ${found}`, { hint });
    }
    view.data.set(value.data);
  }
}

/** A copy that later steps leave alone. */
export function copyOf(views: ReadonlyMap<string, HostTensor>): ReadonlyMap<string, HostTensor> {
  return new Map([...views].map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]));
}

function perVector<Value>(make: (vector: Vector) => Value): Record<Vector, Value> {
  return Object.fromEntries(VECTORS.map((vector) => [vector, make(vector)])) as Record<Vector, Value>;
}
