/**
 * Lays out what is left to compute of sequences whose first tokens are kept. Every token stands in the slot in which it would stand if
 * all were computed (`forward.ts`), so the numbers are the same, bit for bit (test/property/kept-blocks.test.ts).
 */
import type { Architecture, NetInput } from '../../architectures/architecture.ts';
import type { KeptInput } from '../../architectures/attend.ts';
import { fillBias } from '../../architectures/attention-bias.ts';
import { feedsOf } from '../../architectures/index.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import { ownSlots } from './batches.ts';
import { type KeptTables, ownTokens, tableRows, type Window } from './kept-tokens.ts';
import { LEAST_ROWS, total, visibility } from './visibility.ts';

/** All else that a program among kept tokens reads of a batch. Rows are read in the order of the windows and their reads. */
export function packWindows(
  net: Architecture,
  windows: readonly Window[],
  tables: KeptTables,
): Readonly<Record<NetInput | KeptInput, HostTensor>> {
  const { starts, last } = tableRows(windows);
  const tokens = Math.max(LEAST_ROWS, total(windows, ownTokens));
  const reads = Math.max(
    LEAST_ROWS,
    total(windows, ({ sequence }) => sequence.reads.length),
  );
  const [B, L] = [windows.length, LEAST_ROWS * Math.ceil(Math.max(...windows.map(ownTokens)) / LEAST_ROWS)];
  const S = ownSlots(net, Math.max(...windows.map(({ sequence }) => sequence.ids.length)));

  const [ids, positions, homes, owners] = [0, 1, 2, 3].map(() => new Int32Array(tokens)) as FourRows;
  const slots = new Int32Array(B * L);
  const keptPlaces = new Int32Array(B * L).fill(last);
  const keptSlots = new Int32Array(B * S).fill(last);
  const bias = new Float32Array(B * L * S);
  const rows = new Int32Array(reads);
  let token = 0;
  let read = 0;
  windows.forEach((window, b) => {
    const { sequence, from } = window;
    const [start, own] = [starts[b] as number, ownTokens(window)];
    ids.set(sequence.ids.subarray(from), token);
    positions.set(sequence.positions.subarray(from), token);
    for (let i = 0; i < own; i++) {
      slots[b * L + i] = token + i;
      homes[token + i] = b * L + i;
      owners[token + i] = b;
      keptPlaces[b * L + i] = start + from + i;
    }
    for (let slot = 0; slot < sequence.ids.length; slot++) keptSlots[b * S + slot] = start + slot;
    const seen = visibility(sequence.attention, sequence.ids.length);
    fillBias(bias.subarray(b * L * S, (b + 1) * L * S), S, own, (query, open) => seen(from + query, open));
    for (const { row } of sequence.reads) rows[read++] = token + row - from;
    token += own;
  });
  const batch = {
    ids: { dims: [tokens], data: ids },
    positions: { dims: [tokens], data: positions },
    slots: { dims: [B, L], data: slots },
    homes: { dims: [tokens], data: homes },
    bias: { dims: [B, 1, L, S], data: bias },
    rows: { dims: [reads], data: rows },
    keptPlaces: { dims: [B, L], data: keptPlaces },
    keptSlots: { dims: [B, S], data: keptSlots },
    ...tables,
  };
  return feedsOf(net, batch, { sigmas: new Float32Array(B).fill(Number.NaN), owners });
}

type FourRows = [Int32Array, Int32Array, Int32Array, Int32Array];
