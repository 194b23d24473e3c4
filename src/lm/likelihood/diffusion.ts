/** Answers questions with a masked-diffusion model: by the bound (`bound.ts`) or, under `paper`, the official procedure. */
import type { ScoringSettings } from '../../core/model.ts';
import {
  NORMALISATIONS,
  type Quantity,
  type Ranking,
  type RankingName,
  type Response,
  type ViewResponse,
} from '../../core/response.ts';
import type { Nats } from '../../core/units.ts';
import { PassPool } from '../forward/pass-pool.ts';
import type { Forward } from '../forward/sequence.ts';
import type { Lowered } from '../lowering/lowered.ts';
import type { LoweredAsk } from '../lowering/lowered-ask.ts';
import { type BlockPlan, planBlocks, scoreBlocks } from './block-bound.ts';
import type { ScoredAlternative } from './bound.ts';
import { duelQuantities } from './duel-quantities.ts';
import type { Combination } from './elbo.ts';
import { greedyPaths } from './greedy-path.ts';
import type { Denoiser } from './noised-input.ts';
import { type OfficialPlan, planOfficial, scoreOfficial } from './official-plan.ts';
import { rank } from './ranking.ts';

type AnswerPlan =
  | { readonly kind: 'bound'; readonly blocks: readonly BlockPlan[] }
  | { readonly kind: 'official'; readonly official: OfficialPlan };

interface AskPlan {
  readonly lowered: LoweredAsk;
  readonly pool: PassPool;
  /** Of passes in fewer bits, where most are. */
  readonly cheap: PassPool | null;
  readonly views: readonly {
    readonly name: string;
    readonly key: string;
    readonly alternatives: readonly AnswerPlan[];
  }[];
}

/**
 * Answers in order. Passes of all questions share batches; results do not depend on that.
 *
 * @param cheap the network in fewer bits, where the settings say that most passes are computed so
 */
export async function answerByDenoising(
  asks: readonly LoweredAsk[],
  denoiser: Denoiser,
  settings: ScoringSettings,
  forward: Forward,
  cheap: Forward | null = null,
): Promise<readonly Response[]> {
  const plans = asks.map((lowered) => planAsk(lowered, denoiser, settings, cheap !== null));
  const pools = plans.map((plan) => plan.pool);
  if (cheap !== null) {
    const inFewerBits = plans.flatMap((plan) => plan.cheap ?? []);
    await PassPool.run(inFewerBits, cheap);
  }
  await PassPool.run(pools, forward);
  const greedy = await greedyVerdicts(plans, denoiser, settings, forward);
  const duels = await duelsOf(plans, denoiser, settings, forward);
  return plans.map((plan) => ({
    kind: 'answered',
    views: Object.fromEntries(
      plan.views.map((view) => [view.name, viewResponse(plan, view, settings, { greedy, duels })]),
    ),
    nfe: plan.pool.size + (plan.cheap?.size ?? 0),
    ...(settings.bracket === undefined ? {} : { bracketNfe: bracketPasses(plan) }),
  }));
}

const bracketPasses = ({ views }: AskPlan): number =>
  views
    .flatMap(({ alternatives }) => alternatives)
    .flatMap((answer) => (answer.kind === 'bound' ? answer.blocks : []))
    .reduce((sum, { tubePasses }) => sum + tubePasses, 0);

function planAsk(lowered: LoweredAsk, denoiser: Denoiser, settings: ScoringSettings, isMixed: boolean): AskPlan {
  const pool = new PassPool();
  const { precision } = settings;
  const cheap = isMixed && precision !== undefined ? { pool: new PassPool(), share: precision.share } : null;
  const views = lowered.views.map(({ name, alternatives }) => {
    const key = `${lowered.ask.key}/${name}`;
    const plans = alternatives.map(
      (alternative, index): AnswerPlan =>
        settings.protocol === 'paper'
          ? { kind: 'official', official: planOfficial(alternative, `${key}/${index}`, denoiser, settings, pool) }
          : { kind: 'bound', blocks: planBlocks(alternative, key, denoiser, settings, pool, cheap) },
    );
    return { name, key, alternatives: plans };
  });
  return { lowered, pool, cheap: cheap?.pool ?? null, views };
}

/** Greedy verdicts of fill questions, by their plan: of blocks, all must be written. */
async function greedyVerdicts(
  plans: readonly AskPlan[],
  denoiser: Denoiser,
  settings: ScoringSettings,
  forward: Forward,
): Promise<ReadonlyMap<AnswerPlan, boolean>> {
  const answers = plans
    .filter((plan) => plan.lowered.ask.question.kind === 'fill')
    .flatMap(({ pool, views }) =>
      views.flatMap(({ alternatives }) => alternatives.map((answer) => ({ answer, pool }))),
    );
  const paths = answers.flatMap(({ answer, pool }) =>
    answer.kind === 'bound' ? answer.blocks.map(({ key, bound }) => ({ answer, key, bound, pool })) : [],
  );
  const verdicts = await greedyPaths(paths, denoiser, settings.seed, forward);
  const found = new Map<AnswerPlan, boolean>();
  paths.forEach(({ answer }, i) => {
    found.set(answer, verdicts[i] === true && found.get(answer) !== false);
  });
  return found;
}

/** What is found in further passes, by the plan of its answer. */
interface Found {
  readonly greedy: ReadonlyMap<AnswerPlan, boolean>;
  readonly duels: ReadonlyMap<AnswerPlan, ReadonlyMap<Quantity, Nats>>;
}

/** Where the run asks for deterministic samplers; under drawn attention no value would be exact. */
async function duelsOf(
  plans: readonly AskPlan[],
  denoiser: Denoiser,
  settings: ScoringSettings,
  forward: Forward,
): Promise<Found['duels']> {
  const isDrawn = denoiser.openFraction > 0 && denoiser.openFraction < 1;
  if (settings.duel === undefined || isDrawn) return new Map();
  const answers = plans.flatMap(({ lowered, views, pool }) =>
    views.flatMap(({ key, alternatives }, view) =>
      alternatives.map((answer, i) => {
        const text = lowered.views[view]?.alternatives[i] as Lowered;
        return { answer, lowered: text, key, pool };
      }),
    ),
  );
  const found = await duelQuantities(answers, settings, denoiser, forward);
  return new Map(answers.map(({ answer }, i) => [answer, found[i] as ReadonlyMap<Quantity, Nats>]));
}

function viewResponse(
  plan: AskPlan,
  view: AskPlan['views'][number],
  settings: ScoringSettings,
  { greedy, duels }: Found,
): ViewResponse {
  const scored = view.alternatives.map((answer): ScoredAlternative => {
    const bounds =
      answer.kind === 'bound'
        ? scoreBlocks(answer.blocks, settings.steps, plan.pool)
        : scoreOfficial(answer.official, plan.pool);
    return withExact(bounds, duels.get(answer) ?? new Map());
  });
  return {
    alternatives: scored.map(({ score }, i) => ({
      ...score,
      greedy: greedy.get(view.alternatives[i] as AnswerPlan) ?? null,
    })),
    rankings: rankings(scored, plan.lowered.ask.question.answers),
  };
}

/** Beside the bounds of an answer, values that have no error. */
function withExact({ score, combinations }: ScoredAlternative, values: ReadonlyMap<Quantity, Nats>): ScoredAlternative {
  const found = [...values].map(([name, exact]): [Quantity, Combination] => [name, { exact, draws: [] }]);
  const quantities = Object.fromEntries([...values].map(([name, value]) => [name, { value, stderr: 0 }]));
  return {
    combinations: new Map([...combinations, ...found]),
    score: { ...score, quantities: { ...score.quantities, ...quantities } },
  };
}

function rankings(
  scored: readonly ScoredAlternative[],
  answers: readonly string[],
): Partial<Record<RankingName, Ranking>> {
  const quantities = [...(scored[0]?.combinations.keys() ?? [])].filter((quantity) =>
    scored.every(({ combinations }) => combinations.has(quantity)),
  );
  return Object.assign(
    {},
    ...quantities.map((quantity) => {
      const contenders = scored.map(({ score, combinations }, i) => ({
        combination: combinations.get(quantity) ?? { exact: 0, draws: [] },
        tokens: score.tokens,
        answer: answers[i] as string,
      }));
      return rank(quantity, contenders, normalisationsOf(quantity));
    }),
  );
}

/** Of T steps the value per token is reported, the official score as it is, a mean by definition, of others every normalisation. */
function normalisationsOf(quantity: Quantity): readonly (typeof NORMALISATIONS)[number][] {
  if (quantity === 'tube') return []; // of bounds from below nothing follows for a choice
  if (quantity.startsWith('official@')) return ['sum'];
  return quantity.includes('@') ? ['mean'] : NORMALISATIONS;
}
