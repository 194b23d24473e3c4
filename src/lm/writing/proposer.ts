/**
 * Writing with the denoising model of a checkpoint: asks its network for a token at each of some rows, in batches of bounded
 * size. The answer to a request never depends on its batch (`forward/forward.ts`).
 *
 * The most likely tokens and their log-probabilities are found on the engine. Drawn tokens need `[R, V]` log-probabilities in
 * JavaScript: drawing on the engine would take cumulative sums over V in float32, which lose the rare tokens, or V random
 * numbers a row. So only rows that need a token are fetched, and each batch is drawn from and dropped before the next.
 */
import type { Architecture } from '../../architectures/architecture.ts';
import { ownDiffusion } from '../../architectures/index.ts';
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Engine, Executable } from '../../engines/engine.ts';
import {
  distributionProgram,
  type ProposalInput,
  proposalsProgram,
  scoreDistributionProgram,
  sureProposalsProgram,
} from '../../programs/proposals.ts';
import { NEVER } from '../../tensor/layers.ts';
import type { HostTensor, Program } from '../../tensor/ops.ts';
import { atOnce } from '../forward/at-once.ts';
import { cacheSizedLimits, cutBatches, type ForwardOptions, paced, tokensOf } from '../forward/batches.ts';
import { packSequences } from '../forward/forward.ts';
import { countingPositions, type Sequence } from '../forward/sequence.ts';
import { inGroups } from '../in-groups.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import { drawToken, keptLogprobs, surenessOf } from './draw-token.ts';
import { type Infilled, type Infiller, infillerWith } from './infill.ts';
import type { ProposalRequest, Proposals, ProposalWay, Proposer } from './proposal.ts';
import type { Canvas, SamplerOptions } from './sampler.ts';

/** Weights are loaded with the first request. */
export function openInfiller(checkpoint: Checkpoint, engine: Engine, options: ForwardOptions = {}): Infiller {
  return infillerWith(proposerOf(checkpoint, engine, options), checkpoint.architecture.contextLength);
}

/** Canvases under one sampler, with an engine opened for them alone. */
export async function denoiseCanvases(
  canvases: readonly Canvas[],
  sampler: SamplerOptions,
  denoiser: Denoiser,
  parts: ForwardOptions & { readonly checkpoint: Checkpoint; readonly engine: Engine; readonly trace?: boolean },
): Promise<readonly Infilled[]> {
  const infiller = openInfiller(parts.checkpoint, parts.engine, parts);
  const trace = parts.trace ?? false;
  try {
    const jobs = canvases.map((canvas) => ({ canvas, sampler, trace }));
    return await infiller.infill(jobs, denoiser);
  } finally {
    await infiller.dispose();
  }
}

/** Weights are loaded with the first request, once for each way of choosing tokens that is asked for. */
export function proposerOf(checkpoint: Checkpoint, engine: Engine, options: ForwardOptions = {}): Proposer {
  const net = checkpoint.architecture;
  const how = { digest: checkpoint.digest, beside: true };
  const argmax = once(() => engine.compile(proposalsProgram(net), checkpoint.tensors, how));
  const sure = once(() => engine.compile(sureProposalsProgram(net), checkpoint.tensors, how));
  const drawn = once(() => engine.compile<ProposalInput, 'logprobs'>(distributionOf(net), checkpoint.tensors, how));
  const limits = { ...cacheSizedLimits(net), ...options.limits };

  /** For requests that choose tokens in one way and exclude the same token. */
  const answer = async (requests: readonly ProposalRequest[]): Promise<readonly Proposals[]> => {
    if (options.signal?.aborted) throw new HarnessError('interrupted', 'stopped between two batches');
    const packed = packSequences(net, requests.map(asSequence));
    const temperature = temperatures(requests, packed.rows.dims[0] as number);
    const feeds = { ...packed, temperature, logitBias: biasAgainst(requests[0]?.excluded ?? null, net.vocabularyRows) };
    if (requests[0]?.drawn) return draw(await drawn.get(), feeds, requests);
    const { sureness } = requests[0] ?? {};
    if (sureness !== undefined) return surest(await sure.get(), feeds, requests, sureness);
    return best(await argmax.get(), feeds, requests);
  };
  const inBatches = async (requests: readonly ProposalRequest[]): Promise<readonly Proposals[]> => {
    const answers = new Array<Proposals>(requests.length);
    const { atOnce: width = 1 } = await { argmax, sure, drawn }[kindOf(requests[0])].get();
    await atOnce(cutBatches(net, requests.map(asSequence), limits, options.pace), width, async (batch) => {
      const chosen = batch.map((i) => requests[i] as ProposalRequest);
      const found = await paced(options.pace, tokensOf(chosen), () => answer(chosen));
      batch.forEach((i, at) => {
        answers[i] = requireNumbers(found[at] as Proposals);
      });
    });
    return answers;
  };
  return {
    propose: (requests) => inGroups(requests, wayOf, inBatches),
    load: async (way) => {
      await { argmax, sure, drawn }[way].get();
    },
    dispose: async () => {
      for (const executable of [argmax, sure, drawn]) if (executable.made()) await (await executable.get()).dispose();
    },
  };
}

function kindOf(request: ProposalRequest | undefined): ProposalWay {
  if (request?.drawn) return 'drawn';
  return request?.sureness === undefined ? 'argmax' : 'sure';
}

const wayOf = ({ drawn, excluded, sureness }: ProposalRequest): string =>
  `${drawn === null ? 'argmax' : 'drawn'} by ${sureness ?? 'confidence'}, not ${excluded}`;

type Feeds = Readonly<Record<ProposalInput, HostTensor>>;

type BestOutput = 'best' | 'bestLogprobs';

async function best(
  executable: Executable<ProposalInput, BestOutput>,
  feeds: Feeds,
  requests: readonly ProposalRequest[],
): Promise<readonly Proposals[]> {
  const fetched = await executable.run(feeds);
  return spansOf(requests).map((span) => likeliest(fetched, span));
}

/** The same, with how sure the net is by another measure. */
async function surest(
  executable: Executable<ProposalInput, BestOutput | 'entropies' | 'margins'>,
  feeds: Feeds,
  requests: readonly ProposalRequest[],
  kind: 'entropy' | 'margin',
): Promise<readonly Proposals[]> {
  const fetched = await executable.run(feeds);
  const ranks = (
    kind === 'margin' ? fetched.margins.data : fetched.entropies.data.map((nats) => -nats)
  ) as Float32Array;
  return spansOf(requests).map((span) => ({ ...likeliest(fetched, span), sureness: ranks.slice(...span) }));
}

const likeliest = (fetched: Readonly<Record<BestOutput, HostTensor>>, span: readonly [number, number]): Proposals => ({
  tokens: (fetched.best.data as Int32Array).slice(...span),
  confidences: (fetched.bestLogprobs.data as Float32Array).slice(...span),
});

/** The rows of each request in a batch, from and to. */
function spansOf(requests: readonly ProposalRequest[]): (readonly [number, number])[] {
  let from = 0;
  return requests.map(({ rows }) => {
    const span = [from, from + rows.length] as const;
    from += rows.length;
    return span;
  });
}

type Distributions = Readonly<Record<'logprobs', HostTensor> & Partial<Record<'logTotals', HostTensor>>>;

function distributionOf(net: Architecture): Program<ProposalInput, 'logprobs'> {
  const isScore = (ownDiffusion(net)?.logScoreOffset ?? null) !== null;
  return isScore ? scoreDistributionProgram(net) : distributionProgram(net);
}

async function draw(
  executable: Executable<ProposalInput, 'logprobs'>,
  feeds: Feeds,
  requests: readonly ProposalRequest[],
): Promise<readonly Proposals[]> {
  const fetched: Distributions = await executable.run(feeds);
  const { logprobs, logTotals } = fetched; // [R, V], [R]
  const width = logprobs.dims[1] as number;
  const rowAt = (row: number) => logprobs.data.subarray(row * width, (row + 1) * width) as Float32Array;
  const spans = spansOf(requests);
  return requests.map((request, i) => {
    const [from, to] = spans[i] as readonly [number, number];
    const chosen = request.rows.map((row, r) => drawFrom(rowAt(from + r), request, row));
    const totals = logTotals?.data.slice(from, to) as Float32Array | undefined;
    return {
      tokens: Int32Array.from(chosen, ({ token }) => token),
      confidences: Float32Array.from(chosen, ({ logprob }) => logprob),
      ...(request.sureness === undefined ? {} : { sureness: Float32Array.from(chosen, ({ sureness }) => sureness) }),
      ...(totals === undefined ? {} : { logTotals: totals }),
    };
  });
}

/** @param logprobs of one row, `[V]` */
function drawFrom(logprobs: Float32Array, { drawn, sureness }: ProposalRequest, row: number) {
  const { topP = 1, topK = null, uniform = () => 0 } = drawn ?? {};
  if (topK === null && sureness === undefined) return { ...drawToken(logprobs, topP, uniform(row)), sureness: 0 };
  const kept = keptLogprobs(logprobs, { topK, topP });
  return { ...drawToken(kept, 1, uniform(row)), sureness: sureness === undefined ? 0 : surenessOf(sureness, kept) };
}

function asSequence({ ids, attention, rows, sigma }: ProposalRequest): Sequence {
  const reads = rows.map((row) => ({ row, target: 0 }));
  const input = { ids, positions: countingPositions(ids.length), attention, reads };
  return sigma === undefined ? input : { ...input, sigma };
}

/** `[R, 1]`; rows that only fill the batch up have temperature 1. */
function temperatures(requests: readonly ProposalRequest[], rows: number): HostTensor {
  const data = new Float32Array(rows).fill(1);
  let from = 0;
  for (const request of requests) {
    data.fill(request.temperature, from, from + request.rows.length);
    from += request.rows.length;
  }
  return { dims: [rows, 1], data };
}

/** `[V]` */
function biasAgainst(excluded: number | null, vocabularyRows: number): HostTensor {
  const data = new Float32Array(vocabularyRows);
  if (excluded !== null) data[excluded] = NEVER;
  return { dims: [vocabularyRows], data };
}

function requireNumbers(proposals: Proposals): Proposals {
  if (!proposals.confidences.some(Number.isNaN)) return proposals;
  throw new HarnessError('non-finite', 'the network gave NaN where a log-probability was expected', {
    hint: 'The checkpoint may hold NaN or overflow in float32; `bench doctor` checks the engine.',
  });
}

function once<Made>(make: () => Promise<Made>): { get(): Promise<Made>; made(): boolean } {
  let made: Promise<Made> | null = null;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    made: () => made !== null,
  };
}
