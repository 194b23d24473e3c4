/** Keys and values of the first tokens of one sequence, which nothing that comes later changes. */
import type { KeptTensor, PresentTensor } from '../../architectures/attend.ts';
import type { Tokens } from '../../core/units.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import type { Sequence } from './sequence.ts';

/** What a token takes: a row of G · D values in each of the two tensors of every layer. */
export interface KeptShape {
  readonly layers: number;
  readonly width: number;
}

export class KeptTokens {
  readonly #width: number;
  /** One layer each, `[room, G·D]`. */
  #keys: Float32Array[];
  #values: Float32Array[];
  #length = 0;

  constructor({ layers, width }: KeptShape) {
    this.#width = width;
    this.#keys = Array.from({ length: layers }, () => new Float32Array(0));
    this.#values = [...this.#keys];
  }

  /** Tokens that are kept: the first ones of the sequence. */
  get length(): Tokens {
    return this.#length;
  }

  /**
   * Keeps the tokens up to `to` that are not kept yet, out of what a program put out for row `row` of its batch.
   *
   * @param from    position of the row's first token
   * @param present `keys.i` and `values.i`, `[B, L, G·D]`
   */
  keep(row: number, from: Tokens, to: Tokens, present: Readonly<Record<PresentTensor, HostTensor>>): void {
    const grow = (tensor: Float32Array, { dims, data }: HostTensor): Float32Array => {
      const roomy = new Float32Array(to * this.#width);
      roomy.set(tensor.subarray(0, this.#length * this.#width));
      const first = (row * (dims[1] as number) - from) * this.#width; // where position 0 would stand
      const [start, end] = [first + this.#length * this.#width, first + to * this.#width];
      roomy.set(data.subarray(start, end), this.#length * this.#width);
      return roomy;
    };
    this.#keys = this.#keys.map((tensor, layer) => grow(tensor, present[`keys.${layer}`] as HostTensor));
    this.#values = this.#values.map((tensor, layer) => grow(tensor, present[`values.${layer}`] as HostTensor));
    this.#length = to;
  }

  /** Copies the keys, or values, of the first `count` tokens in a layer to a place in a table of as wide rows. */
  copyTo(what: 'keys' | 'values', layer: number, count: Tokens, table: Float32Array, at: number): void {
    const tensor = (what === 'keys' ? this.#keys : this.#values)[layer] as Float32Array;
    table.set(tensor.subarray(0, count * this.#width), at * this.#width);
  }
}

/** A sequence of which the tokens before `from` are not computed again. */
export interface Window {
  readonly sequence: Sequence;
  readonly from: Tokens;
  readonly kept: KeptTokens;
}

/** Tokens of a window that go through the network. */
export const ownTokens = ({ sequence, from }: Window): Tokens => sequence.ids.length - from;

export type KeptTables = Readonly<Record<KeptTensor, HostTensor>>;

/** The rows of the tables: those of a window behind those of the one before it, and one for empty slots, the last. */
export function tableRows(windows: readonly Window[]): { readonly starts: readonly number[]; readonly last: number } {
  const starts: number[] = [];
  let last = 0;
  for (const { sequence } of windows) {
    starts.push(last);
    last += sequence.ids.length;
  }
  return { starts, last };
}

/** Keys and values of the kept tokens of a batch; where own ones come to stand, zeros. */
export function keptTables({ layers: count, width }: KeptShape, windows: readonly Window[]): KeptTables {
  const { starts, last } = tableRows(windows);
  const table = (what: 'keys' | 'values', layer: number): HostTensor => {
    const data = new Float32Array((last + 1) * width);
    windows.forEach(({ kept, from }, b) => {
      kept.copyTo(what, layer, from, data, starts[b] as number);
    });
    return { dims: [last + 1, width], data };
  };
  const layers = Array.from({ length: count }, (_, layer) => layer);
  return Object.fromEntries(
    layers.flatMap((layer) => [
      [`keptKeys.${layer}`, table('keys', layer)],
      [`keptValues.${layer}`, table('values', layer)],
    ]),
  ) as KeptTables;
}
