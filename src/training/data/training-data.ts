/** What is trained on: one or several sources of rows, mixed by weight. */

import { stream } from '../../core/numbers/random.ts';
import { digestOf } from '../../core/text/digest.ts';
import type { Fraction, Tokens } from '../../core/units.ts';
import type { TrainingRow } from './training-row.ts';

export interface RowSource {
  readonly name: string;
  /** SHA-256 of everything that decides its rows. */
  readonly digest: string;
  /** Tokens of a row. */
  readonly length: Tokens;
  /** Rows that are never trained on; infinite where rows are made. */
  readonly heldOutRows: number;
  /**
   * A row to train on: a pure function of seed and counter.
   *
   * @param counter number of the row in the run, from 0; finite sources begin again, in another order
   */
  training(seed: number, counter: number): TrainingRow;
  /** @param index 0 … heldOutRows − 1; the same row whatever the seed of the run */
  heldOut(index: number): TrainingRow;
}

export interface WeightedSource {
  readonly source: RowSource;
  /** Positive; only the proportions count. */
  readonly weight: number;
}

export interface HeldOutPart {
  readonly source: string;
  readonly rows: readonly TrainingRow[];
}

export interface TrainingData {
  readonly digest: string;
  training(seed: number, counter: number): TrainingRow;
  /**
   * Rows of one length. Where the sources' rows differ in length, a micro-batch comes from one source; else each row from its own.
   *
   * @param number of the micro-batch in the run, from 0
   */
  microBatch(seed: number, number: number, rows: number): readonly TrainingRow[];
  /** The first held-out rows of each source, `rows` in total, shared as the weights say. */
  heldOut(rows: number): readonly HeldOutPart[];
}

export function mixtureOf(sources: readonly WeightedSource[]): TrainingData {
  const total = sources.reduce((sum, { weight }) => sum + weight, 0);
  const sourceOf = (seed: number, counter: number): RowSource => {
    const at: Fraction = sources.length === 1 ? 0 : stream(seed, 'source', counter).uniform(0);
    return chosen(sources, at * total);
  };
  const training = (seed: number, counter: number) => sourceOf(seed, counter).training(seed, counter);
  const isOneLength = new Set(sources.map(({ source }) => source.length)).size <= 1;
  return {
    digest: digestOf(sources.map(({ source, weight }) => [source.digest, weight])),
    training,
    microBatch(seed, number, rows) {
      const counters = Array.from({ length: rows }, (_, b) => number * rows + b);
      if (isOneLength) return counters.map((counter) => training(seed, counter));
      const source = sourceOf(seed, number);
      return counters.map((counter) => source.training(seed, counter));
    },
    heldOut: (rows) =>
      sources.map(({ source, weight }) => {
        const wanted = Math.max(1, Math.round((rows * weight) / total));
        const count = Math.min(wanted, source.heldOutRows);
        return { source: source.name, rows: Array.from({ length: count }, (_, index) => source.heldOut(index)) };
      }),
  };
}

function chosen(sources: readonly WeightedSource[], at: number): RowSource {
  let passed = 0;
  for (const { source, weight } of sources) {
    passed += weight;
    if (at < passed) return source;
  }
  return (sources.at(-1) as WeightedSource).source;
}
