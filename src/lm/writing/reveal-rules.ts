/**
 * The samplers of the field, each by the two things in which they differ: what ranks the masked positions, and how many of them a step
 * reveals. The second is the same for all in the canonical form; in the paper form it is that of the code that published the name.
 *
 * @source HKUNLP/DiffuLLaMA c17e897, DreamLM/Dream fac0a7f, ML-GSAI/LLaDA b7e6c35, ZHZisZZ/dllm ca17675, JetAstra/SDAR c2041a8,
 *         NVlabs/Fast-dLLM 24cc59e
 */
import type { RevealOrder } from '../../core/samplers/choice.ts';
import type { Fraction, Tokens } from '../../core/units.ts';
import { type RevealState, revealByChance, revealByOfficialScore, revealCount, revealFirst } from './reveal-order.ts';
import { dllmCount, dreamChance, dreamCount, evenCount } from './reveal-schedule.ts';
import type { Sampler } from './sampler.ts';

/** What ranks positions: how sure the prediction is by one of three measures, a number drawn for the position, or its place. */
type Rank = 'confidence' | 'entropy' | 'margin' | 'chance' | 'place';

/**
 * How the published code counts: by where scores lie among those of all positions (DiffuLLaMA), by times in float32 (Dream), evenly
 * (LLaDA), by rounding what is left (dLLM), evenly over whole blocks (SDAR), not at all (Fast-dLLM).
 */
type Count = 'cutoff' | 'times' | 'even' | 'rounded' | 'whole-blocks' | 'none';

interface RevealRule {
  readonly rank: Rank;
  readonly count: Count;
}

const RULES: Readonly<Record<RevealOrder, RevealRule>> = {
  confidence: { rank: 'confidence', count: 'cutoff' },
  'random-keep': { rank: 'chance', count: 'cutoff' },
  'maskgit-plus': { rank: 'confidence', count: 'times' },
  entropy: { rank: 'entropy', count: 'times' },
  margin: { rank: 'margin', count: 'times' },
  origin: { rank: 'chance', count: 'times' },
  block: { rank: 'confidence', count: 'even' },
  dllm: { rank: 'confidence', count: 'rounded' },
  threshold: { rank: 'confidence', count: 'none' },
  static: { rank: 'confidence', count: 'whole-blocks' },
  'left-to-right': { rank: 'place', count: 'whole-blocks' },
  dynamic: { rank: 'confidence', count: 'whole-blocks' },
};

/** A sampler that is no network's own. */
export interface RevealSampler extends Sampler {
  readonly order: RevealOrder;
}

/** What proposals must say of positions besides the likeliest token's probability; null: nothing. */
export function needsSureness(order: RevealOrder): 'entropy' | 'margin' | null {
  const { rank } = RULES[order];
  return rank === 'entropy' || rank === 'margin' ? rank : null;
}

/** Steps that were asked for, of which those that cannot change anything need not be computed; else what a canvas took. */
export function takesAllSteps({ order, form }: RevealSampler): boolean {
  return form === 'paper' && ['cutoff', 'times', 'even'].includes(RULES[order].count);
}

/** Whether steps that reveal nothing are left out. */
export function leavesIdleOut({ order, form }: RevealSampler): boolean {
  return form === 'canonical' || RULES[order].count === 'rounded' || isOrigin({ order, form });
}

/**
 * What must be read before a step chooses: nothing where predictions have no say, then only what is revealed is asked for. The published
 * random order proposes for all that is masked, and the published confidence order also ranks what it has revealed.
 */
export function readsFirst(sampler: RevealSampler): 'chosen' | 'masked' | 'maskable' {
  const { rank, count } = RULES[sampler.order];
  const isPublished = sampler.form === 'paper' && count === 'cutoff';
  if (isPublished && rank === 'confidence') return 'maskable';
  return (rank === 'chance' && !isPublished) || rank === 'place' ? 'chosen' : 'masked';
}

/** What a step knows of a masked position. */
export interface PositionReadings {
  /** Under the rank of the sampler, highest first; equal for all where `readsFirst` says that nothing is read. */
  readonly rankOf: (position: number) => number;
  readonly probabilityOf: (position: number) => Fraction;
  /** A number in [0, 1) of the step and the position; step 0 for all steps where the order is one. */
  readonly drawOf: (remaining: number, position: number) => number;
}

/** The positions that a step reveals, ascending. */
export function revealedBy(sampler: RevealSampler, state: RevealState, readings: PositionReadings): readonly number[] {
  const { form, threshold } = sampler;
  const { masked, remaining, steps } = state;
  const { rank, count } = RULES[sampler.order];
  const draw = (position: number): number => readings.drawOf(remaining, position);
  if (form === 'paper' && count === 'cutoff') {
    if (rank === 'confidence') return revealByOfficialScore(state, readings.rankOf);
    return remaining === 0 ? masked : revealByChance(state, draw);
  }
  if (isOrigin(sampler)) {
    return remaining === 0 ? masked : masked.filter((position) => draw(position) < dreamChance(remaining, steps));
  }
  const wanted = plannedCount(sampler, state);
  const sure = threshold === null ? [] : masked.filter((position) => readings.probabilityOf(position) > threshold);
  if (threshold !== null && sure.length >= wanted) return sure;
  return revealFirst(masked, wanted, (position) => rankValue(rank, position, readings));
}

const isOrigin = ({ order, form }: Pick<RevealSampler, 'order' | 'form'>): boolean =>
  order === 'origin' && form === 'paper';

/** One number a position for all steps: the random order is the same for every K. */
function rankValue(rank: Rank, position: number, { rankOf, drawOf }: PositionReadings): number {
  if (rank === 'place') return -position;
  return rank === 'chance' ? drawOf(0, position) : rankOf(position);
}

/** How many positions the schedule wants revealed in this step; below 1 where those before it have revealed enough. */
export function plannedCount({ order, form }: Pick<RevealSampler, 'order' | 'form'>, state: RevealState): Tokens {
  const { masked, remaining, steps } = state;
  const { count } = RULES[order];
  if (count === 'none') return 1;
  if (form === 'canonical' || count === 'cutoff') return revealCount(state);
  if (remaining === 0) return masked.length;
  const counts = {
    times: () => dreamCount(masked.length, remaining, steps),
    rounded: () => dllmCount(masked.length, remaining, steps),
    even: () => evenCount(state.maskable.length, remaining, steps),
    'whole-blocks': () => Math.min(masked.length, evenCount(state.blockLength, remaining, steps)),
  };
  return counts[count]();
}
