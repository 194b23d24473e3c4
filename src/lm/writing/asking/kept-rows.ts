/**
 * Proposals for sequences whose finished tokens are computed once: their keys and values are kept, and a request computes the tokens
 * behind them alone. The first request after a block is finished computes that block too, and keeps it, so there is no pass for keys and
 * values alone.
 */
import { getOrInsert } from '../../../core/collect.ts';
import type { Bytes, Tokens } from '../../../core/units.ts';
import { type BatchLimits, ownSlots, SLOT_MULTIPLE, slotsFor } from '../../forward/batches.ts';
import {
  type KeptShape,
  type KeptTables,
  KeptTokens,
  keptTables,
  ownTokens,
  type Window,
} from '../../forward/kept-tokens.ts';
import { total } from '../../forward/visibility.ts';
import type { FinishedPart, ProposalRequest } from '../proposal.ts';
import { asSequence, type Lane, type LaneLimits } from './lane.ts';
import type { FetchedProposals } from './read-proposals.ts';

/** Memory for what is kept; a single row may exceed it. Tables of a batch take as much again. */
const MOST_BYTES: Bytes = 2 ** 30;

export const rowsAtOnce = ({ layers, width }: KeptShape, tokens: Tokens): number =>
  Math.max(1, Math.floor(MOST_BYTES / (2 * tokens * 2 * 4 * layers * width)));

/** Whether keys and values of the finished tokens depend on nothing that later requests change. */
export const isKept = ({ finished, attention, sigma }: ProposalRequest): boolean =>
  finished !== undefined && attention.kind === 'blocks' && sigma === undefined;

/** Runs a program for windows whose tables are given; `withKeys`: puts out keys and values of the windows' tokens too. */
type RunWindows = (
  batch: readonly ProposalRequest[],
  windows: readonly Window[],
  tables: KeptTables,
  withKeys: boolean,
) => Promise<FetchedProposals>;

/** The batches of requests that are kept. */
export function keptRows(rows: KeptRows, limits: LaneLimits, run: RunWindows): Pick<Lane, 'cut' | 'passed' | 'fetch'> {
  return {
    cut: (requests) => cutWindows(rows.windows(requests), limits),
    passed: (batch) => rows.windows(batch).map(ownTokens),
    fetch: async (batch) => {
      const windows = rows.windows(batch);
      const grows = rows.grow(batch);
      const fetched = await run(batch, windows, rows.tables(windows), grows);
      if (grows) rows.keep(batch, windows, fetched as Present);
      return fetched;
    },
  };
}

/** What is kept of every row, for all ways of choosing tokens. */
export function rowsToKeep(shape: KeptShape) {
  const rows = new WeakMap<object, KeptTokens>();
  /** The tables of the last batch that began with a row: all steps of a block read the same. */
  const last = new WeakMap<KeptTokens, { readonly windows: readonly Window[]; readonly tables: KeptTables }>();
  const keptOf = ({ finished }: ProposalRequest): KeptTokens =>
    getOrInsert(rows, (finished as FinishedPart).row, () => new KeptTokens(shape));
  return {
    /** What of each request is computed: all that is not kept, and all from the first row on that is read. */
    windows: (requests: readonly ProposalRequest[]): readonly Window[] =>
      requests.map((request) => {
        const kept = keptOf(request);
        return { sequence: asSequence(request), from: Math.min(kept.length, ...request.rows), kept };
      }),
    /** Whether any of the requests has finished tokens that are not kept yet. */
    grow: (requests: readonly ProposalRequest[]): boolean =>
      requests.some((request) => keptOf(request).length < finishedTokens(request)),
    keep(requests: readonly ProposalRequest[], windows: readonly Window[], present: Present): void {
      windows.forEach(({ kept, from }, b) => {
        const tokens = finishedTokens(requests[b] as ProposalRequest);
        if (kept.length < tokens) kept.keep(b, from, tokens, present);
      });
    },
    tables(windows: readonly Window[]): KeptTables {
      const { kept } = windows[0] as Window;
      const known = last.get(kept);
      if (known !== undefined && areAlike(known.windows, windows)) return known.tables;
      const tables = keptTables(shape, windows);
      last.set(kept, { windows, tables });
      return tables;
    },
  };
}

export type KeptRows = ReturnType<typeof rowsToKeep>;
type Present = Parameters<KeptTokens['keep']>[3];

const finishedTokens = ({ finished }: ProposalRequest): Tokens => finished?.tokens ?? 0;

/** Whether two batches have the same tables. */
const areAlike = (a: readonly Window[], b: readonly Window[]): boolean =>
  a.length === b.length &&
  a.every(({ kept, from, sequence }, i) => {
    const other = b[i] as Window;
    return other.kept === kept && other.from === from && other.sequence.ids.length === sequence.ids.length;
  });

/** Slots of all tokens of the sequences of a batch: every layer gathers a row for each. */
const MOST_SLOTS = 2 ** 14;

/** Cuts windows into batches, longest first. Never changes a result. */
export function cutWindows(
  windows: readonly Window[],
  { net, limits, pace }: LaneLimits,
): readonly (readonly number[])[] {
  const at = (index: number): Window => windows[index] as Window;
  const partOf = (index: number) => Math.min(SLOT_MULTIPLE, ownSlots(net, at(index).sequence.ids.length));
  const order = [...windows.keys()].sort(
    (a, b) => partOf(b) - partOf(a) || ownTokens(at(b)) - ownTokens(at(a)) || a - b,
  );
  const batches: number[][] = [];
  const most = { ...limits, tokens: Math.min(limits.tokens, pace?.tokens ?? Number.POSITIVE_INFINITY) };
  for (const index of order) {
    const grown = [...(batches.at(-1) ?? []), index];
    const isAlike = grown.every((other) => partOf(other) === partOf(index)); // as `cutBatches` has it
    if (grown.length > 1 && isAlike && fits(grown.map(at), most)) batches[batches.length - 1] = grown;
    else batches.push([index]);
  }
  return batches;
}

function fits(windows: readonly Window[], { tokens, rows, sequences }: BatchLimits): boolean {
  const longest = Math.max(...windows.map(({ sequence }) => sequence.ids.length));
  return (
    total(windows, ownTokens) <= tokens &&
    total(windows, ({ sequence }) => sequence.reads.length) <= rows &&
    windows.length <= sequences &&
    windows.length * slotsFor(longest) <= MOST_SLOTS
  );
}
