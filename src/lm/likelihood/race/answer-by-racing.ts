/**
 * Answers choices by races (`race.ts`): every round of all questions in flight shares batches, and no result depends on that. The record
 * says which answer is first under the raced ranking, whether that is decided, and what it took; it holds no values.
 */
import type { RaceSettings, ScoringSettings } from '../../../core/model.ts';
import type { Normalisation, Quantity, Response, ViewResponse } from '../../../core/response.ts';
import { PassPool } from '../../forward/pass-pool.ts';
import type { Forward } from '../../forward/sequence.ts';
import type { LoweredAsk } from '../../lowering/lowered-ask.ts';
import { type Coefficients, nelboCoefficients, stepNelboCoefficients } from '../elbo.ts';
import type { Denoiser } from '../noised-input.ts';
import { divisor } from '../ranking.ts';
import { roundsWithin } from './nested-masks.ts';
import { type Race, startRace } from './race.ts';
import { type RacedAnswer, racedAnswer } from './raced-answer.ts';

/** What a race is run with. */
export type RacingSettings = Pick<ScoringSettings, 'passes' | 'seed'> & { readonly race: RaceSettings };

/** A question that was raced. */
export interface AskedRace {
  /** Of the question. */
  readonly key: string;
  /** What each answer's total is multiplied by before it is compared. */
  readonly scales: readonly number[];
  readonly view: LoweredAsk['views'][number];
  readonly answers: readonly RacedAnswer[];
  readonly race: Race;
  readonly pool: PassPool;
}

/** Answers in order. The first view of a question decides it; the others have no part in the ranking and are not asked. */
export async function answerByRacing(
  asks: readonly LoweredAsk[],
  denoiser: Denoiser,
  settings: RacingSettings,
  forward: Forward,
): Promise<readonly Response[]> {
  return (await runRaces(asks, denoiser, settings, forward)).map((asked) => raceResponse(asked, settings));
}

/** @param moved nats a root of an answer's tokens by which the passes move its total; 0: by nothing */
export async function runRaces(
  asks: readonly LoweredAsk[],
  denoiser: Denoiser,
  settings: RacingSettings,
  forward: Forward,
  moved = 0,
): Promise<readonly AskedRace[]> {
  const races = asks.map((lowered) => toRace(lowered, denoiser, settings, moved));
  for (;;) {
    const open = races.filter(({ race }) => !race.isOver());
    if (open.length === 0) break;
    for (const { race } of open) race.ask();
    await PassPool.run(
      open.map(({ pool }) => pool),
      forward,
    );
    for (const { race } of open) race.look();
  }
  return races;
}

export const raceResponse = (asked: AskedRace, settings: RacingSettings): Response => ({
  kind: 'answered',
  views: { [asked.view.name]: viewResponse(asked, settings) },
  nfe: asked.pool.size,
});

function toRace({ ask, views }: LoweredAsk, denoiser: Denoiser, settings: RacingSettings, moved: number): AskedRace {
  const [view] = views;
  if (view === undefined) throw new TypeError(`${ask.key}: a question without views`);
  const { passes, seed, race } = settings;
  const [quantity, normalisation] = race.ranking.split('/') as [Quantity, Normalisation];
  const pool = new PassPool();
  const key = `${ask.key}/${view.name}`;
  const answers = view.alternatives.map((lowered) => racedAnswer(lowered, key, { denoiser, seed, pool }));
  const scales = answers.map((answer, i) => {
    const contender = { tokens: answer.tokens, answer: ask.question.answers[i] as string };
    return 1 / divisor(contender, normalisation);
  });
  const rounds = roundsWithin(Math.floor(passes / Math.max(...answers.map(({ blocks }) => blocks))));
  const rules = {
    ...{ coefficients: coefficientsOf(quantity), scales, risk: race.risk, rounds },
    moved: answers.map(({ tokens }, i) => moved * Math.sqrt(tokens) * (scales[i] as number)),
  };
  return { key: ask.key, scales, view, answers, race: startRace(answers, rules), pool };
}

function coefficientsOf(quantity: Quantity): Coefficients {
  const steps = /^nelbo@(\d+)$/.exec(quantity)?.[1];
  return steps === undefined ? nelboCoefficients : stepNelboCoefficients(Number(steps));
}

function viewResponse({ view, answers, race }: AskedRace, settings: RacingSettings): ViewResponse {
  const { ranking, decided, rounds } = race.result();
  return {
    alternatives: answers.map((answer, i) => ({
      tokens: answer.tokens,
      crossing: view.alternatives[i]?.crossing === true,
      quantities: {},
      exact: answer.isExact(),
      greedy: null,
    })),
    rankings: { [settings.race.ranking]: ranking },
    race: { decided, rounds: [...rounds], passes: answers.map((answer) => answer.passes()) },
  };
}
