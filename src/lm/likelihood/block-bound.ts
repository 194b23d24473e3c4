/**
 * The bound of an answer by the blocks in which a model denoises: log p(x) = Σ over blocks of log p(block | all before it), and
 * each term has a bound of its own (`bound.ts`). A block is denoised when those before it are clean, so its passes read clean
 * tokens, the noisy block and nothing after it; what the text lacks of its last block stays masked. Without blocks all is one.
 *
 * @source Arriola et al. 2025 (arXiv 2503.09573), Eq. 3-5
 */
import type { ScoringSettings } from '../../core/model.ts';
import type { AlternativeScore, Quantity } from '../../core/response.ts';
import type { PassPool } from '../forward/pass-pool.ts';
import type { Lowered } from '../lowering/lowered.ts';
import { blocksOf } from './answer-blocks.ts';
import { type BoundPlan, type CheapPasses, planBound, type ScoredAlternative, scoreBound } from './bound.ts';
import { type Combination, estimate } from './elbo.ts';
import { LEAST_PASSES } from './mask-plan.ts';
import type { Denoiser } from './noised-input.ts';
import { planTube, scoreTube, type TubePlan } from './tube.ts';

/** The passes of one block's part of an answer. */
export interface BlockPlan {
  /** Of the block; null where there are none. */
  readonly index: number | null;
  /** Names its random draws. */
  readonly key: string;
  readonly bound: BoundPlan;
  /** Where a bracket was asked for and not all masks are run. */
  readonly tube: TubePlan | null;
  /** Passes that it alone asked for. */
  readonly tubePasses: number;
}

/** Asks `pool` for the passes of one answer. Its blocks share the passes that an answer may take; each has the fewest there can be. */
export function planBlocks(
  lowered: Lowered,
  key: string,
  denoiser: Denoiser,
  { passes, seed, bracket }: Pick<ScoringSettings, 'passes' | 'seed' | 'bracket'>,
  pool: PassPool,
  cheap: CheapPasses | null = null,
): readonly BlockPlan[] {
  const blocks = blocksOf(lowered, denoiser);
  const each = Math.max(LEAST_PASSES, Math.floor(passes / blocks.length));
  return blocks.map(({ index, lowered: part }) => {
    const named = index === null ? key : `${key}/block ${index}`;
    const settings = { seed, passes: index === null ? passes : each };
    const bound = planBound(part, named, denoiser, settings, pool, index === null ? cheap : null);
    const isOpen = bracket !== undefined && bound.plan.kind === 'sampled' && !bound.hasDrawnAttention;
    const before = pool.size;
    const tube = isOpen ? planTube(bound, bracket, named, denoiser, seed, pool) : null;
    return { index, key: named, bound, tube, tubePasses: pool.size - before };
  });
}

/** The scores of an answer whose passes have run. By blocks there is no e(k), and no official score, which knows none. */
export function scoreBlocks(plans: readonly BlockPlan[], steps: readonly number[], pool: PassPool): ScoredAlternative {
  const parts = plans.map(({ bound, tube }) => withTube(scoreBound(bound, steps, pool), tube, pool));
  const [first] = parts;
  if (first !== undefined && plans[0]?.index === null) return first;
  const ofSteps = steps.flatMap((T): Quantity[] => [`nelbo@${T}`, `likelihood@${T}`]);
  const names = (['nelbo', 'marginal', 'tube', ...ofSteps] as const).filter((name) => isKnown(parts, name));
  const combinations = new Map(names.map((name) => [name, sumOf(parts, name)]));
  const scores = parts.map(({ score }) => score);
  const score: AlternativeScore = {
    tokens: scores.reduce((sum, { tokens }) => sum + tokens, 0),
    crossing: scores.some(({ crossing }) => crossing),
    quantities: Object.fromEntries([...combinations].map(([name, combination]) => [name, estimate(combination)])),
    exact: scores.every(({ exact }) => exact),
    greedy: null,
  };
  return { score, combinations };
}

/** The bound from below beside the others; where all masks were run nothing lies between. */
function withTube(
  { score, combinations }: ScoredAlternative,
  plan: TubePlan | null,
  pool: PassPool,
): ScoredAlternative {
  if (plan === null) return { score, combinations };
  const tube = scoreTube(plan, pool);
  // Two values one standard error off on either side, as of a stratum of two draws.
  const draws = [(tube.value + tube.stderr) / 2, (tube.value - tube.stderr) / 2];
  return {
    score: { ...score, quantities: { ...score.quantities, tube } },
    combinations: new Map([...combinations, ['tube', { exact: 0, draws }]]),
  };
}

const isKnown = (parts: readonly ScoredAlternative[], name: Quantity): boolean =>
  name === 'tube'
    ? parts.some(({ combinations }) => combinations.has(name))
    : parts.every(({ combinations }) => combinations.has(name));

/** Blocks draw their masks independently, so their draws stand side by side. */
function sumOf(parts: readonly ScoredAlternative[], name: Quantity): Combination {
  const found = parts.map(({ combinations }) => {
    // A block of which all masks were run has its likelihood itself in place of the bound from below.
    return (combinations.get(name) ?? combinations.get('marginal')) as Combination;
  });
  return { exact: found.reduce((sum, { exact }) => sum + exact, 0), draws: found.flatMap(({ draws }) => draws) };
}
