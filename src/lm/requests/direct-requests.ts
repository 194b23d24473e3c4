/**
 * Requests in token ids, answered without a task: what `bench score` serves, so that any other program can be checked
 * against us. Each answer depends on its own request alone.
 */
import type { OwnDiffusion } from '../../architectures/architecture.ts';
import { HarnessError } from '../../core/errors.ts';
import type { MonteCarlo, Quantity } from '../../core/response.ts';
import type { Nats } from '../../core/units.ts';
import { PassPool } from '../forward/pass-pool.ts';
import { countingPositions, type Forward, type Sequence } from '../forward/sequence.ts';
import { blockOf, blocksOf } from '../likelihood/answer-blocks.ts';
import { type BlockPlan, planBlocks, scoreBlocks } from '../likelihood/block-bound.ts';
import { ownNelbo } from '../likelihood/bound.ts';
import { annealedAttention, attentionOf, type Denoiser, noisedInput } from '../likelihood/noised-input.ts';
import { type GivenNoise, logScore, type MaskedReading, scoreEntropy } from '../likelihood/own-bound.ts';
import type { Lowered } from '../lowering/lowered.ts';
import { predictable, predictingRow } from '../shift.ts';

export type DirectRequest =
  /** Σ log p of the scored ids, left to right, with a share of the future open (0: none), or as rows say. */
  | {
      readonly kind: 'loglikelihood';
      readonly lowered: Lowered;
      readonly attention?: number | Uint8Array;
      readonly key?: string;
    }
  /** One forward with exactly these positions masked. */
  | {
      readonly kind: 'masked';
      readonly ids: Int32Array;
      readonly mask: readonly number[];
      readonly attention: number | Uint8Array;
      /** Absent for networks that are told none. */
      readonly noise?: GivenNoise;
      readonly key: string;
    }
  /** The likelihood bound of the scored positions given the others. */
  | { readonly kind: 'denoising'; readonly lowered: Lowered; readonly steps: readonly number[]; readonly key: string };

export type DirectAnswer =
  | { readonly sum: Nats; readonly tokens: readonly Nats[]; readonly greedy: boolean }
  /** Log-probability of the original token at each masked position; null where no row predicts it. */
  | ({ readonly tokens: Readonly<Record<string, Nats | null>> } & Partial<Scores>)
  | ({
      readonly nelbo: Nats;
      readonly stderr: Nats;
      readonly nelbo_T: Readonly<Record<string, Nats>>;
      readonly official_T: Readonly<Record<string, Nats>>;
      readonly nelbo_T_stderr: Readonly<Record<string, Nats>>;
      readonly official_T_stderr: Readonly<Record<string, Nats>>;
      /** −log p of the answer itself, summed; null where not all masks were run. */
      readonly marginal: Nats | null;
      /** −log p under the chain of T steps. */
      readonly likelihood_T: Readonly<Record<string, Nats | null>>;
      /** e(k), k = 1 … L; null where no draw had that k. Empty, as `official_T`, where blocks are denoised one after another. */
      readonly e: readonly (Nats | null)[];
      readonly exact: boolean;
      readonly nfe: number;
    } & Partial<OwnBound>);

/** The bound in which a network whose outputs are scores was trained: never below `nelbo`, which is that of its normalised outputs. */
interface OwnBound {
  readonly score_entropy_bound: Nats;
  readonly score_entropy_bound_stderr: Nats;
}

/** Of a network whose outputs are scores, by masked position. */
interface Scores {
  /** Logarithm of the concrete score of the original token. */
  readonly log_scores: Readonly<Record<string, Nats>>;
  readonly score_entropy: Readonly<Record<string, Nats>>;
  /** Where t was said: the network's own loss, σ′(t) times the sum of the score entropies. */
  readonly loss?: Nats;
}

export interface DirectModel {
  readonly forward: Forward;
  /** null for autoregressive models. */
  readonly denoiser: Denoiser | null;
  /** Absent for networks that were not made for a diffusion of their own. */
  readonly own?: OwnDiffusion;
  readonly passes: number;
  readonly seed: number;
}

/** Answers in order; the sequences of all requests share batches. */
export async function answerDirectly(
  requests: readonly DirectRequest[],
  model: DirectModel,
): Promise<readonly DirectAnswer[]> {
  const jobs = requests.map((request) => plan(request, model));
  const pools = jobs.map((job) => job.pool);
  await PassPool.run(pools, model.forward);
  return jobs.map((job) => job.answer());
}

interface PlannedRequest {
  readonly pool: PassPool;
  answer(): DirectAnswer;
}

function plan(request: DirectRequest, model: DirectModel): PlannedRequest {
  if (request.kind === 'loglikelihood') return planLoglikelihood(request, model.seed);
  const denoiser = requireDenoiser(model);
  return request.kind === 'masked' ? planMasked(request, denoiser, model) : planDenoising(request, denoiser, model);
}

function planLoglikelihood(
  { lowered, attention = 0, key = '' }: Extract<DirectRequest, { kind: 'loglikelihood' }>,
  seed: number,
): PlannedRequest {
  const { ids, scored } = lowered;
  const pool = new PassPool();
  const pattern =
    typeof attention === 'number'
      ? annealedAttention(ids.length, attention, seed, key)
      : ({ kind: 'matrix', open: attention } as const);
  const reads = scored.map((position) => ({ row: rowBefore(position), target: ids[position] as number }));
  const ticket = pool.request({ ids, positions: countingPositions(ids.length), attention: pattern, reads }, 'given');
  return {
    pool,
    answer: () => {
      const readings = pool.readings(ticket);
      const tokens = readings.map(({ logprob }) => logprob);
      const sum = tokens.reduce((total, logprob) => total + logprob, 0);
      return { sum, tokens, greedy: readings.every(({ isBest }) => isBest) };
    },
  };
}

/** The row that predicts a position. @throws RangeError of the first one */
function rowBefore(position: number): number {
  const row = predictingRow(position, true);
  if (row === null) throw new RangeError('nothing predicts the first token');
  return row;
}

type MaskedRequest = Extract<DirectRequest, { kind: 'masked' }>;

function planMasked(request: MaskedRequest, denoiser: Denoiser, { seed, own }: DirectModel): PlannedRequest {
  const { mask, noise } = request;
  const pool = new PassPool();
  const predicted = predictable(mask, denoiser.shift);
  const tickets = maskedInputs(request, predicted, denoiser, seed).map((input) => pool.request(input, 'given'));
  return {
    pool,
    answer: () => {
      const readings = tickets.flatMap((ticket) => pool.readings(ticket));
      const found = new Map(predicted.map((position, i) => [position, readings[i]?.logprob ?? null]));
      const tokens = Object.fromEntries(mask.map((position) => [position, found.get(position) ?? null]));
      if (noise === undefined || own === undefined || own.logScoreOffset === null) return { tokens };
      return { tokens, ...scoresOf(predicted, readings, own, noise) };
    },
  };
}

/** One input, or where blocks are denoised one after another, one for each block that is masked, after clean ones. */
function maskedInputs(
  { ids, mask, attention, noise, key }: MaskedRequest,
  predicted: readonly number[],
  denoiser: Denoiser,
  seed: number,
): readonly Sequence[] {
  if (predicted.length === 0) return [];
  const told = (input: Sequence): Sequence => (noise === undefined ? input : { ...input, sigma: noise.sigma });
  if (typeof attention !== 'number')
    return [told(noisedInput(ids, mask, predicted, denoiser, { kind: 'matrix', open: attention }))];
  const reader = { ...denoiser, openFraction: attention };
  return blocksOf({ ids, scored: predicted, crossing: false }, denoiser).flatMap(({ index, lowered: part }) => {
    if (part.scored.length === 0) return [];
    const pattern = attentionOf(part.ids.length, reader, seed, key);
    const hidden = mask.filter((position) => index === null || blockOf(position, denoiser) === index);
    return told(noisedInput(part.ids, hidden, part.scored, denoiser, pattern));
  });
}

function scoresOf(
  positions: readonly number[],
  readings: readonly MaskedReading[],
  own: OwnDiffusion,
  { sigma, t }: GivenNoise,
): Scores {
  const entropies = readings.map((reading) => scoreEntropy(reading, own, sigma));
  const byPosition = (values: readonly Nats[]) =>
    Object.fromEntries(positions.map((position, i) => [position, values[i] as Nats]));
  const scores = {
    log_scores: byPosition(readings.map((reading) => logScore(reading, own, sigma))),
    score_entropy: byPosition(entropies),
  };
  if (t === null) return scores;
  return { ...scores, loss: own.schedule.rate(t) * entropies.reduce((sum, value) => sum + value, 0) };
}

function planDenoising(
  { lowered, steps, key }: Extract<DirectRequest, { kind: 'denoising' }>,
  denoiser: Denoiser,
  { passes, seed }: DirectModel,
): PlannedRequest {
  const pool = new PassPool();
  const blocks = planBlocks(lowered, key, denoiser, { passes, seed }, pool);
  return {
    pool,
    answer: () => {
      const { score } = scoreBlocks(blocks, steps, pool);
      const of = (quantity: Quantity): MonteCarlo => score.quantities[quantity] as MonteCarlo;
      const byStep = (name: 'nelbo' | 'official', field: keyof MonteCarlo) => {
        const known = steps.filter((T) => score.quantities[`${name}@${T}`] !== undefined);
        return Object.fromEntries(known.map((T) => [T, of(`${name}@${T}`)[field]]));
      };
      return {
        nelbo: of('nelbo').value,
        stderr: of('nelbo').stderr,
        nelbo_T: byStep('nelbo', 'value'),
        official_T: byStep('official', 'value'),
        nelbo_T_stderr: byStep('nelbo', 'stderr'),
        official_T_stderr: byStep('official', 'stderr'),
        marginal: score.quantities.marginal?.value ?? null,
        likelihood_T: Object.fromEntries(steps.map((T) => [T, score.quantities[`likelihood@${T}`]?.value ?? null])),
        e: score.maskedCrossEntropy ?? [],
        exact: score.exact,
        ...ownBound(blocks, denoiser, pool),
        nfe: pool.size,
      };
    },
  };
}

/** Of a network whose outputs are scores. None has blocks. */
function ownBound([whole]: readonly BlockPlan[], { own }: Denoiser, pool: PassPool): Partial<OwnBound> {
  if (whole === undefined || own === undefined || own.logScoreOffset === null) return {};
  const { value, stderr } = ownNelbo(whole.bound, own, pool);
  return { score_entropy_bound: value, score_entropy_bound_stderr: stderr };
}

function requireDenoiser({ denoiser }: DirectModel): Denoiser {
  if (denoiser !== null) return denoiser;
  throw new HarnessError('bad-request', 'this kind of request needs a diffusion model, the model is autoregressive', {
    hint: 'for a diffusion checkpoint without bench.json add --family diffusion --mask-id N',
  });
}
