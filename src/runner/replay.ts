/** Computes stored items again and compares every record byte for byte. Stores nothing. */

import { type Difference, differences } from '../core/differences.ts';
import { HarnessError } from '../core/errors.ts';
import type { RunManifest } from '../core/manifest.ts';
import { permutation, stream } from '../core/numbers/random.ts';
import { asStored, type ItemRecord } from '../core/record.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import { runId } from '../store/run-folder.ts';
import { type AskInputs, asker } from './ask-unit.ts';
import { type Clock, systemClock } from './environment.ts';
import { inOrder } from './in-order.ts';

/** What is compared. */
export type ReplayInputs = AskInputs;

export interface ReplayOptions {
  readonly unitSize: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  readonly clock?: Clock;
}

/** The first place at which a record came out otherwise. */
export interface RecordDifference extends Difference {
  readonly id: string;
}

export interface ReplayOutcome {
  /** Records that were computed again. */
  readonly compared: number;
  /** Ids of those that differ, in data-set order. */
  readonly differing: readonly string[];
  readonly first: RecordDifference | null;
  /** Stored items that the data no longer has, or has under another index. */
  readonly gone: readonly string[];
}

/** A seeded sample of the stored records in data-set order; all of them where `size` is null or reaches them. */
export function sampleRecords(
  manifest: RunManifest,
  records: readonly ItemRecord[],
  size: number | null,
  seed: number,
): readonly ItemRecord[] {
  if (size === null || size >= records.length) return records;
  const order = permutation(stream(seed, 'replay', runId(manifest)), records.length);
  const chosen = [...order.subarray(0, size)].sort((a, b) => a - b);
  return chosen.map((index) => records[index] as ItemRecord);
}

/**
 * Asks the questions of stored records again. Which items share a call changes no answer, so a sample is as good as the run.
 * After an abort, what was computed until then is compared.
 *
 * @param records stored, in data-set order
 */
export async function replayRecords(
  inputs: ReplayInputs,
  records: readonly ItemRecord[],
  { unitSize, signal, onProgress, clock = systemClock }: ReplayOptions,
): Promise<ReplayOutcome> {
  const indices = new Map(inputs.examples.map(({ id, index }) => [id, index]));
  const isKnown = ({ id, index }: ItemRecord) => indices.get(id) === index;
  const known = records.filter(isKnown);
  const gone = records.filter((record) => !isKnown(record)).map(({ id }) => id);
  const units = Array.from({ length: Math.ceil(known.length / unitSize) }, (_, number) =>
    known.slice(number * unitSize, (number + 1) * unitSize),
  );
  const ask = asker(inputs, clock);
  const jobs = units.map((items, number) => async () => {
    const { records: again } = await ask({ number, items });
    return items.map((stored, i) => ({ stored, again: asStored(again[i] as ItemRecord, stored) }));
  });
  const differing: string[] = [];
  let first: RecordDifference | null = null;
  let compared = 0;
  try {
    for await (const pairs of inOrder(jobs, 2, signal ?? null)) {
      for (const { stored, again } of pairs) {
        if (canonicalJson(stored) === canonicalJson(again)) continue;
        differing.push(stored.id);
        const [place] = differences(stored, again);
        first ??= place === undefined ? null : { id: stored.id, ...place };
      }
      compared += pairs.length;
      onProgress?.(compared, known.length);
    }
  } catch (error) {
    if (!(signal?.aborted === true && error instanceof HarnessError && error.code === 'interrupted')) throw error;
  }
  return { compared, differing, first, gone };
}
