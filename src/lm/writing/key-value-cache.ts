/**
 * Keys and values of the tokens that open sequences have read, as the tensors that `pastProgram` reads. A sequence is a
 * row; rows stay dense: the last takes the place of one that leaves.
 *
 * Memory: rows · slots · 2 · layers · G · D float32 values. Slots grow in whole multiples of `SLOT_MULTIPLE`, for the same
 * reason as in forward/forward.ts; empty ones hold zeros and are closed by the bias.
 */

import type { Architecture } from '../../architectures/architecture.ts';
import type { PastTensor, PresentTensor } from '../../architectures/attend.ts';
import { CLOSED } from '../../architectures/attention-bias.ts';
import { kindOf } from '../../architectures/index.ts';
import type { Bytes } from '../../core/units.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import { SLOT_MULTIPLE, slotsFor } from '../forward/batches.ts';

/** Bytes that one slot of one sequence takes. */
export function slotBytes(net: Architecture): number {
  const { keyValueHeads, headWidth } = kindOf(net).heads(net);
  return 2 * 4 * net.layers * keyValueHeads * headWidth;
}

export type PastFeeds = Readonly<Record<PastTensor | 'pastBias', HostTensor>>;

/** The past of `rows` sequences that have none: slots that are all closed. Their shares are zero, however many there are. */
export function emptyPast(net: Architecture, rows: number, slots = 1): PastFeeds {
  const { keyValueHeads: G, headWidth: D } = kindOf(net).heads(net);
  const [B, P] = [rows, slots];
  const zeros = new Float32Array(B * G * D * P);
  const feeds: Record<string, HostTensor> = {
    pastBias: { dims: [B, 1, 1, P], data: new Float32Array(B * P).fill(CLOSED) },
  };
  for (let layer = 0; layer < net.layers; layer++) {
    feeds[`pastKeys.${layer}`] = { dims: [B, G, D, P], data: zeros };
    feeds[`pastValues.${layer}`] = { dims: [B, G, P, D], data: zeros };
  }
  return feeds as PastFeeds;
}

export class KeyValueCache {
  readonly #layers: number;
  /** G and D. */
  readonly #groups: number;
  readonly #width: number;
  #rows: number;
  #slots = SLOT_MULTIPLE;
  /** Tokens of each open row. */
  readonly #lengths: number[] = [];
  /** One layer each: `[rows, G, D, P]`. */
  #keys: Float32Array[];
  /** One layer each: `[rows, G, P, D]`. */
  #values: Float32Array[];

  /** @param rows sequences to make room for; more make room for themselves */
  constructor(net: Architecture, rows: number) {
    const { keyValueHeads, headWidth } = kindOf(net).heads(net);
    this.#layers = net.layers;
    this.#groups = keyValueHeads;
    this.#width = headWidth;
    this.#rows = rows;
    this.#keys = this.#empty();
    this.#values = this.#empty();
  }

  get open(): number {
    return this.#lengths.length;
  }

  /** Of all rows that there is room for. */
  get bytes(): Bytes {
    return [...this.#keys, ...this.#values].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Tokens that row `row` holds. */
  lengthOf(row: number): number {
    return this.#lengths[row] as number;
  }

  /**
   * Adds the tokens of one forward.
   *
   * @param counts  new tokens of each row, the first of which is `firstRow`; rows that were not open are opened
   * @param present `keys.i` and `values.i`, `[counts.length, L, G·D]`; of each row the first `counts[b]` slots are read
   */
  append(firstRow: number, counts: readonly number[], present: Readonly<Record<PresentTensor, HostTensor>>): void {
    while (this.#lengths.length < firstRow + counts.length) this.#lengths.push(0);
    const grown = this.#lengths.map((length, row) => length + (counts[row - firstRow] ?? 0));
    this.#makeRoom(this.#lengths.length, slotsFor(Math.max(...grown)));
    for (let layer = 0; layer < this.#layers; layer++) {
      this.#write(firstRow, counts, layer, present[`keys.${layer}`] as HostTensor, present[`values.${layer}`]?.data);
    }
    this.#lengths.splice(0, grown.length, ...grown);
  }

  /** Closes a row; the last row takes its number. */
  release(row: number): void {
    const last = this.#lengths.length - 1;
    const block = this.#groups * this.#width * this.#slots;
    for (const tensor of [...this.#keys, ...this.#values]) {
      if (row !== last) tensor.copyWithin(row * block, last * block, (last + 1) * block);
      tensor.fill(0, last * block, (last + 1) * block);
    }
    this.#lengths[row] = this.lengthOf(last);
    this.#lengths.pop();
  }

  /** The past of all open rows: no values are copied. */
  feeds(): PastFeeds {
    const [B, G, D, P] = [this.open, this.#groups, this.#width, this.#slots];
    const bias = new Float32Array(B * P).fill(CLOSED);
    this.#lengths.forEach((length, row) => {
      bias.fill(0, row * P, row * P + length);
    });
    const feeds: Record<string, HostTensor> = { pastBias: { dims: [B, 1, 1, P], data: bias } };
    for (let layer = 0; layer < this.#layers; layer++) {
      const [keys, values] = [this.#keys[layer] as Float32Array, this.#values[layer] as Float32Array];
      feeds[`pastKeys.${layer}`] = { dims: [B, G, D, P], data: keys.subarray(0, B * G * D * P) };
      feeds[`pastValues.${layer}`] = { dims: [B, G, P, D], data: values.subarray(0, B * G * D * P) };
    }
    return feeds as PastFeeds;
  }

  #empty(): Float32Array[] {
    const size = this.#rows * this.#groups * this.#width * this.#slots;
    return Array.from({ length: this.#layers }, () => new Float32Array(size));
  }

  /** Grows to what is needed now; gives room back that only rows which left have needed. */
  #makeRoom(rows: number, slots: number): void {
    if (rows <= this.#rows && slots <= this.#slots) return;
    const [before, keys, values] = [this.#slots, this.#keys, this.#values];
    this.#rows = rows;
    this.#slots = slots;
    const lines = rows * this.#groups;
    this.#keys = this.#moved(keys, lines * this.#width, before, slots); // lines of P
    this.#values = this.#moved(values, lines, before * this.#width, slots * this.#width); // lines of P·D
  }

  /** Copies lines of `before` values into lines of `after`; what a shorter line loses was empty. */
  #moved(tensors: readonly Float32Array[], lines: number, before: number, after: number): Float32Array[] {
    const roomy = this.#empty();
    const kept = Math.min(before, after);
    tensors.forEach((tensor, layer) => {
      for (let line = 0; line < lines && (line + 1) * before <= tensor.length; line++) {
        roomy[layer]?.set(tensor.subarray(line * before, line * before + kept), line * after);
      }
    });
    return roomy;
  }

  #write(
    firstRow: number,
    counts: readonly number[],
    layer: number,
    { dims, data: newKeys }: HostTensor,
    newValues: HostTensor['data'] = newKeys,
  ): void {
    const [keys, values] = [this.#keys[layer] as Float32Array, this.#values[layer] as Float32Array];
    const [G, D, P, L] = [this.#groups, this.#width, this.#slots, dims[1] as number];
    counts.forEach((count, b) => {
      const row = firstRow + b;
      const length = this.lengthOf(row);
      for (let g = 0; g < G; g++) {
        const head = (row * G + g) * D * P;
        // Element by element, as views of so few would cost more than what they copy.
        for (let i = 0; i < count; i++) {
          const [from, slot] = [((b * L + i) * G + g) * D, length + i];
          for (let d = 0; d < D; d++) {
            values[head + slot * D + d] = newValues[from + d] as number;
            keys[head + d * P + slot] = newKeys[from + d] as number;
          }
        }
      }
    });
  }
}
