/** A compiled program that proposes tokens, and the batches in which it does. */
import type { Architecture } from '../../../architectures/architecture.ts';
import type { Tokens } from '../../../core/units.ts';
import { NEVER } from '../../../tensor/layers.ts';
import type { HostTensor } from '../../../tensor/ops.ts';
import { type BatchLimits, cutBatches, evenLimits } from '../../forward/batches.ts';
import type { Pace } from '../../forward/pace.ts';
import { countingPositions, type Sequence } from '../../forward/sequence.ts';
import type { ProposalRequest } from '../proposal.ts';
import type { FetchedProposals } from './read-proposals.ts';

/** Requests are of one way of choosing tokens, and exclude the same one. */
export interface Lane {
  /** Batches that are worth having under way at once. */
  readonly atOnce: number;
  /** Indices of each batch. */
  cut(requests: readonly ProposalRequest[]): Iterable<readonly number[]>;
  /** Tokens of each row of a batch that go through the network. */
  passed(batch: readonly ProposalRequest[]): readonly Tokens[];
  fetch(batch: readonly ProposalRequest[]): Promise<FetchedProposals>;
  dispose(): Promise<void>;
}

export interface LaneLimits {
  readonly net: Pick<Architecture, 'width'>;
  readonly limits: BatchLimits;
  readonly pace: Pace | undefined;
}

/** The batches of rows that go through the network as a whole. @param width batches that the engine has under way at once */
export const wholeRows = (
  { net, limits, pace }: LaneLimits,
  width: number,
): Pick<Lane, 'cut' | 'passed' | 'atOnce'> => ({
  atOnce: width,
  cut: (requests) => {
    const sequences = requests.map(asSequence);
    return cutBatches(net, sequences, evenLimits(sequences, limits, width - 1), pace); // as `forwardWith` has it
  },
  passed: (batch) => batch.map(({ ids }) => ids.length),
});

export function asSequence({ ids, attention, rows, sigma }: ProposalRequest): Sequence {
  const reads = rows.map((row) => ({ row, target: 0 }));
  const input = { ids, positions: countingPositions(ids.length), attention, reads };
  return sigma === undefined ? input : { ...input, sigma };
}

/** What a program reads of requests besides their tokens. Rows that only fill the batch up have temperature 1. */
export function settingsOf(
  requests: readonly ProposalRequest[],
  { dims: [rows = 0] }: HostTensor,
  vocabularyRows: number,
): Readonly<Record<'temperature' | 'logitBias', HostTensor>> {
  const temperature = new Float32Array(rows).fill(1);
  let from = 0;
  for (const request of requests) {
    temperature.fill(request.temperature, from, from + request.rows.length);
    from += request.rows.length;
  }
  const logitBias = new Float32Array(vocabularyRows);
  const excluded = requests[0]?.excluded ?? null;
  if (excluded !== null) logitBias[excluded] = NEVER;
  return {
    temperature: { dims: [rows, 1], data: temperature },
    logitBias: { dims: [vocabularyRows], data: logitBias },
  };
}
