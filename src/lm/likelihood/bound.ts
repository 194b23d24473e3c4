/**
 * Diffusion likelihood of one answer by e(k) (`elbo.ts`): plans its masks, asks for the passes, and turns what they gave
 * into NELBO, NELBO_T and the expected official score for every T, each with its Monte-Carlo error, and where all masks were
 * run into the likelihoods themselves (`exact-likelihood.ts`).
 */
import type { OwnDiffusion } from '../../architectures/architecture.ts';
import type { ScoringSettings } from '../../core/model.ts';
import type { AlternativeScore, MonteCarlo, Quantity } from '../../core/response.ts';
import type { Fraction, Nats } from '../../core/units.ts';
import type { PassPool, ReadAnswer, Ticket } from '../forward/pass-pool.ts';
import type { Lowered } from '../lowering/lowered.ts';
import { predictable } from '../shift.ts';
import {
  type Coefficients,
  type Combination,
  type CrossEntropies,
  combine,
  combineCorrected,
  estimate,
  maskedCrossEntropies,
  nelboCoefficients,
  officialCoefficients,
  stepNelboCoefficients,
} from './elbo.ts';
import { exactLikelihoods } from './exact-likelihood.ts';
import { type MaskPlan, planMasks } from './mask-plan.ts';
import { chosenStrata } from './mixed/chosen-strata.ts';
import { attentionOf, type Denoiser, noiseAtShare, noisedInput, sigmaAtShare } from './noised-input.ts';
import { ownCrossEntropy } from './own-bound.ts';

/** The passes of one answer, asked for but not yet read. */
export interface BoundPlan {
  readonly lowered: Lowered;
  readonly scorable: readonly number[];
  readonly plan: MaskPlan;
  readonly tickets: readonly Ticket[];
  /** Attention is itself one random draw, so no value is exact. */
  readonly hasDrawnAttention: boolean;
  /** Where `tickets` are of passes in fewer bits: what was asked of float32 too. */
  readonly again?: AskedAgain;
}

/** Passes in fewer bits, and how many of them are asked for again. */
export interface CheapPasses {
  readonly pool: PassPool;
  readonly share: Fraction;
}

interface AskedAgain {
  readonly cheap: PassPool;
  readonly strata: readonly number[];
  readonly plan: MaskPlan;
  /** Of the full mask and both draws of each of the strata. */
  readonly tickets: readonly Ticket[];
}

/** An answer's scores, with the combinations from which paired differences are taken. */
export interface ScoredAlternative {
  readonly score: AlternativeScore;
  readonly combinations: ReadonlyMap<Quantity, Combination>;
}

/** Asks `pool` for the passes of one answer. `key` names the question, so all its answers share their masks. */
export function planBound(
  lowered: Lowered,
  key: string,
  denoiser: Denoiser,
  { passes, seed }: Pick<ScoringSettings, 'passes' | 'seed'>,
  pool: PassPool,
  cheap: CheapPasses | null = null,
): BoundPlan {
  const scorable = predictable(lowered.scored, denoiser.shift);
  const plan = planMasks(scorable.length, passes, seed, key);
  const request = (draw: number, from: PassPool): Ticket => {
    const masked = (plan.masks[draw] ?? []).map((offset) => scorable[offset] as number);
    return requestMasked({ lowered, scorable }, masked, denoiser, seed, key, draw, from);
  };
  const hasDrawnAttention = denoiser.openFraction > 0 && denoiser.openFraction < 1;
  const asked = { lowered, scorable, plan, hasDrawnAttention };
  if (cheap === null || plan.kind === 'exact')
    return { ...asked, tickets: plan.masks.map((_, draw) => request(draw, pool)) };
  const strata = chosenStrata((plan.masks.length - 1) / 2, cheap.share, seed, key);
  const drawn = [0, ...strata.flatMap((s) => [2 * s + 1, 2 * s + 2])];
  const again: AskedAgain = {
    ...{ cheap: cheap.pool, strata },
    plan: { kind: 'sampled', masks: drawn.map((draw) => plan.masks[draw] as readonly number[]) },
    tickets: drawn.map((draw) => request(draw, pool)),
  };
  return { ...asked, tickets: plan.masks.map((_, draw) => request(draw, cheap.pool)), again };
}

/** Asks for the pass in which exactly `positions` are masked, and for the original token at each of them, or at those that are `asked`. */
export function requestMasked(
  { lowered, scorable }: Pick<BoundPlan, 'lowered' | 'scorable'>,
  positions: readonly number[],
  denoiser: Denoiser,
  seed: number,
  key: string,
  draw: number,
  pool: PassPool,
  asked: readonly number[] = positions,
): Ticket {
  const attention = attentionOf(lowered.ids.length, denoiser, seed, key, draw);
  const attentionKey = attention.kind === 'matrix' ? `matrix ${draw}` : attention.kind;
  const input = noisedInput(lowered.ids, positions, asked, denoiser, attention);
  const noise = noiseAtShare(denoiser, positions.length / scorable.length);
  return pool.request({ ...input, ...noise }, attentionKey);
}

/** The scores of an answer whose passes have run. */
export function scoreBound(bound: BoundPlan, steps: readonly number[], pool: PassPool): ScoredAlternative {
  const { again } = bound;
  const values = crossEntropies(bound, again?.cheap ?? pool);
  const combined = (coefficients: Coefficients): Combination =>
    again === undefined ? combine(values, coefficients) : corrected(values, bound, again, pool, coefficients);
  const combinations = new Map<Quantity, Combination>([['nelbo', combined(nelboCoefficients)]]);
  for (const T of steps) {
    combinations.set(`nelbo@${T}`, combined(stepNelboCoefficients(T)));
    combinations.set(`official@${T}`, combined(officialCoefficients(T)));
  }
  for (const [name, exact] of likelihoods(bound, steps, pool)) combinations.set(name, { exact, draws: [] });
  const quantities = Object.fromEntries([...combinations].map(([name, combination]) => [name, estimate(combination)]));
  return {
    combinations,
    score: {
      tokens: bound.scorable.length,
      crossing: bound.lowered.crossing,
      quantities,
      // Each e(k) alone is no linear combination of all draws, so nothing corrects it.
      ...(again === undefined ? { maskedCrossEntropy: maskedCrossEntropies(values) } : { precision: 'mixed' }),
      exact: values.kind === 'exact' && !bound.hasDrawnAttention,
      greedy: null,
    },
  };
}

function corrected(
  values: CrossEntropies,
  bound: BoundPlan,
  { strata, plan, tickets }: AskedAgain,
  pool: PassPool,
  coefficients: Coefficients,
): Combination {
  const inFloat32 = crossEntropies({ scorable: bound.scorable, plan, tickets }, pool);
  if (values.kind === 'exact' || inFloat32.kind === 'exact') throw new TypeError('what is exact is not corrected');
  return combineCorrected(values, inFloat32, strata, coefficients);
}

/** What all masks give beside the bounds; nothing where some were not run, or passes differ by drawn attention too. */
function likelihoods(
  { plan, tickets, scorable, hasDrawnAttention }: BoundPlan,
  steps: readonly number[],
  pool: PassPool,
): readonly (readonly [Quantity, Nats])[] {
  if (plan.kind === 'sampled' || hasDrawnAttention) return [];
  const logprobs = tickets.map((ticket) => pool.readings(ticket).map(({ logprob }) => logprob));
  const exact = exactLikelihoods((masked) => logprobs[masked - 1] as readonly number[], scorable.length);
  const found = [
    ['marginal', exact.marginal] as const,
    ...steps.map((T) => [`likelihood@${T}`, exact.ofSteps(T)] as const),
  ];
  return found.filter(([, nats]) => Number.isFinite(nats));
}

/**
 * The bound in which a network was trained whose outputs are scores, from the same passes: g of `own-bound.ts` takes the place of the
 * cross-entropy, at the noise that the network was told. Never below `nelbo`.
 */
export function ownNelbo(bound: BoundPlan, own: OwnDiffusion, pool: PassPool): MonteCarlo {
  const sigma = (masked: number): number => sigmaAtShare(own, masked / bound.scorable.length);
  const values = crossEntropies(bound, pool, (reading, masked) => ownCrossEntropy(reading, own, sigma(masked)));
  return estimate(combine(values, nelboCoefficients));
}

/**
 * What the passes gave. Of sampled masks, the full one first.
 *
 * @param costOf what a masked token costs among so many
 */
export function crossEntropies(
  { plan, tickets, scorable }: Pick<BoundPlan, 'plan' | 'tickets' | 'scorable'>,
  pool: PassPool,
  costOf: (reading: ReadAnswer, masked: number) => Nats = ({ logprob }) => -logprob,
): CrossEntropies {
  const ofTokens = tickets.map((ticket) => {
    const readings = pool.readings(ticket);
    return readings.map((reading) => costOf(reading, readings.length));
  });
  const means = ofTokens.map(mean);
  const length = scorable.length;
  const counts = plan.masks.map((mask) => mask.length);
  if (plan.kind === 'sampled') {
    const [underFullMask = []] = ofTokens;
    const [full = 0, ...drawn] = means;
    const baselines = plan.masks.slice(1).map((mask) => mean(mask.map((offset) => underFullMask[offset] as number)));
    return { kind: 'sampled', length, full, counts: counts.slice(1), means: drawn, baselines };
  }
  const e = Array.from({ length }, (_, i) => mean(means.filter((_mean, m) => counts[m] === i + 1)));
  return { kind: 'exact', length, e };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
