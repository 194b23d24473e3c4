/**
 * Lays sequences end to end for one forward. Linear layers see every token once and nothing else; attention sees one row
 * of slots a sequence, so sequences never mix.
 *
 * Exact, and independent of neighbours: slots come in whole multiples of `SLOT_MULTIPLE`, so that a sequence's sums are
 * taken in the same order whatever shares its batch (test/property/batch-independence.test.ts).
 */
import type { Architecture, NetInput } from '../../architectures/architecture.ts';
import { fillBias } from '../../architectures/attention-bias.ts';
import { feedsOf } from '../../architectures/index.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import { slotsFor } from './batches.ts';
import type { AttentionPattern, Sequence } from './sequence.ts';

/** Matrix kernels treat one or few rows apart from many; smaller batches are filled up with copies of the first row. */
const LEAST_ROWS = 16;

/**
 * The inputs of a program for a batch of sequences. Rows are read in the order of the sequences and their reads.
 *
 * @param past inputs of a program with a past
 */
export function packSequences<Past extends string = never>(
  net: Architecture,
  sequences: readonly Sequence[],
  past: Readonly<Record<Past, HostTensor>> = {} as Record<Past, HostTensor>,
): Readonly<Record<NetInput | 'targets' | Past, HostTensor>> {
  const tokens = Math.max(
    LEAST_ROWS,
    total(sequences, (s) => s.ids.length),
  );
  const reads = Math.max(
    LEAST_ROWS,
    total(sequences, (s) => s.reads.length),
  );
  const longest = Math.max(...sequences.map((s) => s.ids.length));
  const slotCount = slotsFor(longest);

  const ids = new Int32Array(tokens);
  const positions = new Int32Array(tokens);
  const slots = new Int32Array(sequences.length * slotCount);
  const homes = new Int32Array(tokens);
  const bias = new Float32Array(sequences.length * slotCount * slotCount);
  const rows = new Int32Array(reads);
  const targets = new Int32Array(reads);
  const owners = new Int32Array(tokens);
  let token = 0;
  let read = 0;
  sequences.forEach((sequence, b) => {
    ids.set(sequence.ids, token);
    positions.set(sequence.positions, token);
    for (let i = 0; i < sequence.ids.length; i++) {
      slots[b * slotCount + i] = token + i;
      homes[token + i] = b * slotCount + i;
      owners[token + i] = b;
    }
    const block = bias.subarray(b * slotCount * slotCount, (b + 1) * slotCount * slotCount);
    fillBias(block, slotCount, sequence.ids.length, visibility(sequence.attention, sequence.ids.length));
    for (const { row, target } of sequence.reads) {
      rows[read] = token + row;
      targets[read] = target;
      read += 1;
    }
    token += sequence.ids.length;
  });
  const batch = {
    ids: { dims: [tokens], data: ids },
    positions: { dims: [tokens], data: positions },
    slots: { dims: [sequences.length, slotCount], data: slots },
    homes: { dims: [tokens], data: homes },
    bias: { dims: [sequences.length, 1, slotCount, slotCount], data: bias },
    rows: { dims: [reads], data: rows },
    targets: { dims: [reads], data: targets },
    ...past,
  };
  return feedsOf(net, batch, { sigmas: Float32Array.from(sequences, ({ sigma = Number.NaN }) => sigma), owners });
}

type Visibility = Parameters<typeof fillBias>[3];

function visibility(attention: AttentionPattern, length: number): Visibility {
  switch (attention.kind) {
    case 'causal':
      return (query, open) => open(0, query + 1);
    case 'full':
      return (_, open) => open(0, length);
    case 'blocks': {
      const size = attention.length;
      return (query, open) => open(0, Math.min(length, (Math.floor(query / size) + 1) * size));
    }
    case 'branches': {
      const starts: number[] = [];
      let start = attention.prefix;
      for (const branch of attention.branches) {
        for (let i = 0; i < branch; i++) starts.push(start);
        start += branch;
      }
      return (query, open) => {
        open(0, Math.min(query + 1, attention.prefix));
        if (query >= attention.prefix) open(starts[query - attention.prefix] as number, query + 1);
      };
    }
    case 'matrix':
      return (query, open) => {
        for (let key = 0; key < length; key++) if (attention.open[query * length + key] === 1) open(key, key + 1);
      };
    default:
      return attention satisfies never;
  }
}

function total<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}
