/** Questions with every round of every answer computed once, so that races of any risk and cap can be held on the same passes. */
import type { ScoringSettings } from '../../src/core/model.ts';
import { ESTIMATOR } from '../../src/core/model.ts';
import type { Ranking, RankingName } from '../../src/core/response.ts';
import { PassPool } from '../../src/lm/forward/pass-pool.ts';
import type { Forward } from '../../src/lm/forward/sequence.ts';
import { answerByDenoising } from '../../src/lm/likelihood/diffusion.ts';
import { nelboCoefficients } from '../../src/lm/likelihood/elbo.ts';
import type { Denoiser } from '../../src/lm/likelihood/noised-input.ts';
import { type Racer, type Standing, startRace } from '../../src/lm/likelihood/race/race.ts';
import { racedAnswer } from '../../src/lm/likelihood/race/raced-answer.ts';
import { divisor } from '../../src/lm/likelihood/ranking.ts';
import type { LoweredAsk } from '../../src/lm/lowering/lowered-ask.ts';

export const ROUNDS = 6;
const RANKING: RankingName = 'nelbo/mean';

/** After each round. */
interface RecordedAnswer {
  readonly standings: readonly Standing[];
  readonly passes: readonly number[];
}

export interface RecordedItem {
  readonly answers: readonly RecordedAnswer[];
  readonly scales: readonly number[];
}

export interface Outcome {
  readonly best: number;
  readonly decided: boolean;
  readonly passes: number;
}

/** All rounds of all answers, rounds of all questions together. */
export async function recordRounds(
  asks: readonly LoweredAsk[],
  denoiser: Denoiser,
  seed: number,
  forward: Forward,
): Promise<readonly RecordedItem[]> {
  const items = asks.map(({ ask, views: [view] }) => {
    if (view === undefined) throw new TypeError(`${ask.key}: a question without views`);
    const pool = new PassPool();
    const asking = { denoiser, seed, pool };
    const answers = view.alternatives.map((lowered) => racedAnswer(lowered, `${ask.key}/${view.name}`, asking));
    const scales = answers.map(
      ({ tokens }, i) => 1 / divisor({ tokens, answer: ask.question.answers[i] as string }, 'mean'),
    );
    return {
      pool,
      answers,
      scales,
      recorded: answers.map(() => ({ standings: [] as Standing[], passes: [] as number[] })),
    };
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { answers } of items) for (const answer of answers) answer.ask(round);
    await PassPool.run(
      items.map(({ pool }) => pool),
      forward,
    );
    for (const { answers, recorded } of items) {
      answers.forEach((answer, i) => {
        recorded[i]?.standings.push(answer.standing(round, nelboCoefficients));
        recorded[i]?.passes.push(answer.passes());
      });
    }
  }
  return items.map(({ recorded, scales }) => ({ answers: recorded, scales }));
}

/** @param rounds that the cap allows */
export function raced({ answers, scales }: RecordedItem, risk: number, rounds: number): Outcome {
  const replayed = answers.map(
    ({ standings }): Racer => ({ ask: () => {}, standing: (round) => standings[round] as Standing }),
  );
  const race = startRace(replayed, { coefficients: nelboCoefficients, scales, risk, rounds });
  while (!race.isOver()) {
    race.ask();
    race.look();
  }
  const { ranking, decided, rounds: taken } = race.result();
  const passes = answers.reduce((sum, answer, i) => sum + (answer.passes[(taken[i] as number) - 1] ?? 0), 0);
  return { best: ranking.best, decided, passes };
}

/** By the fixed design. */
export async function withPasses(
  asks: readonly LoweredAsk[],
  denoiser: Denoiser,
  passes: number,
  seed: number,
  forward: Forward,
): Promise<readonly { readonly ranking: Ranking; readonly passes: number }[]> {
  const settings: ScoringSettings = {
    ...{ protocol: 'canonical', estimator: ESTIMATOR.bound, seed, steps: [], passes, draws: 1 },
    ...{ openFraction: denoiser.openFraction, shift: denoiser.shift },
  };
  const found = await answerByDenoising(asks, denoiser, settings, forward);
  return found.map((response) => {
    if (response.kind !== 'answered') throw new TypeError('a choice is answered');
    const view = Object.values(response.views)[0];
    return { ranking: view?.rankings[RANKING] as Ranking, passes: response.nfe };
  });
}
