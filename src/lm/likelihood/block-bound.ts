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
import { type BoundPlan, planBound, type ScoredAlternative, scoreBound } from './bound.ts';
import { type Combination, estimate } from './elbo.ts';
import { LEAST_PASSES } from './mask-plan.ts';
import type { Denoiser } from './noised-input.ts';

/** The passes of one block's part of an answer. */
export interface BlockPlan {
  /** Of the block; null where there are none. */
  readonly index: number | null;
  /** Names its random draws. */
  readonly key: string;
  readonly bound: BoundPlan;
}

/** Asks `pool` for the passes of one answer. Its blocks share the passes that an answer may take; each has the fewest there can be. */
export function planBlocks(
  lowered: Lowered,
  key: string,
  denoiser: Denoiser,
  { passes, seed }: Pick<ScoringSettings, 'passes' | 'seed'>,
  pool: PassPool,
): readonly BlockPlan[] {
  const blocks = blocksOf(lowered, denoiser);
  const each = Math.max(LEAST_PASSES, Math.floor(passes / blocks.length));
  return blocks.map(({ index, lowered: part }) => {
    const named = index === null ? key : `${key}/block ${index}`;
    const settings = { seed, passes: index === null ? passes : each };
    return { index, key: named, bound: planBound(part, named, denoiser, settings, pool) };
  });
}

/** The part of an answer that stands in one block, after all that comes before it; `index` is null where there are no blocks. */
export interface AnswerBlock {
  readonly index: number | null;
  readonly lowered: Lowered;
}

/** null where there are no blocks. */
export const blockOf = (position: number, { blockLength }: Pick<Denoiser, 'blockLength'>): number | null =>
  blockLength === undefined ? null : Math.floor(position / blockLength);

export function blocksOf(lowered: Lowered, denoiser: Denoiser): readonly AnswerBlock[] {
  const { blockLength, maskId } = denoiser;
  if (blockLength === undefined) return [{ index: null, lowered }];
  const indices = new Set(lowered.scored.map((position) => Math.floor(position / blockLength)));
  return [...indices].map((index) => {
    const ids = new Int32Array((index + 1) * blockLength).fill(maskId);
    ids.set(lowered.ids.subarray(0, ids.length));
    const scored = lowered.scored.filter((position) => blockOf(position, denoiser) === index);
    return { index, lowered: { ids, scored, crossing: lowered.crossing } };
  });
}

/** The scores of an answer whose passes have run. By blocks there is no e(k), and no official score, which knows none. */
export function scoreBlocks(plans: readonly BlockPlan[], steps: readonly number[], pool: PassPool): ScoredAlternative {
  const parts = plans.map(({ bound }) => scoreBound(bound, steps, pool));
  const [first] = parts;
  if (first !== undefined && plans[0]?.index === null) return first;
  const ofSteps = steps.flatMap((T): Quantity[] => [`nelbo@${T}`, `likelihood@${T}`]);
  const names = (['nelbo', 'marginal', ...ofSteps] as const).filter((name) =>
    parts.every((part) => part.combinations.has(name)),
  );
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

/** Blocks draw their masks independently, so their draws stand side by side. */
function sumOf(parts: readonly ScoredAlternative[], name: Quantity): Combination {
  const found = parts.map(({ combinations }) => combinations.get(name) as Combination);
  return { exact: found.reduce((sum, { exact }) => sum + exact, 0), draws: found.flatMap(({ draws }) => draws) };
}
