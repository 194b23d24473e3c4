/**
 * A race between the answers of a question: rounds of passes, and after each a look, at which answers that are too far behind the best
 * drop out. It decides which answer is first under one ranking and nothing else: a value that is looked at until it leads is
 * biased, so none is given.
 */
import type { Ranking } from '../../../core/response.ts';
import type { Fraction } from '../../../core/units.ts';
import { type Coefficients, type Combination, difference, estimate } from '../elbo.ts';
import { boundedError, errorsToLead } from './boundary.ts';

/** What is known of an answer after a round. */
export interface Standing {
  readonly combination: Combination;
  /** Variance of its value that is expected without a look at its draws; 0 where the value is exact. */
  readonly known: number;
  readonly exact: boolean;
}

/** Whoever races. */
export interface Racer {
  /** Asks for the passes that a round adds. */
  ask(round: number): void;
  /** Once these have run. */
  standing(round: number, coefficients: Coefficients): Standing;
}

export interface RaceRules {
  readonly coefficients: Coefficients;
  /** What each answer's total is multiplied by before it is compared. */
  readonly scales: readonly number[];
  /** Chance that the best answer is not the one that wins. */
  readonly risk: Fraction;
  /** Rounds, at most. */
  readonly rounds: number;
}

export interface RaceResult {
  /** Margin and error are those of the look that put the runner-up out, and overstate the lead. */
  readonly ranking: Ranking;
  readonly decided: boolean;
  /** Rounds that each answer took part in. */
  readonly rounds: readonly number[];
}

interface Lead {
  readonly margin: number;
  readonly stderr: number;
}

export class Race {
  readonly #answers: readonly Racer[];
  readonly #rules: RaceRules;
  readonly #rounds: number[];
  /** Behind the best at the last look that an answer had. */
  readonly #leads: Lead[];
  #running: readonly number[];
  #round = 0;
  #best = 0;

  constructor(answers: readonly Racer[], rules: RaceRules) {
    this.#answers = answers;
    this.#rules = rules;
    this.#running = answers.map((_, i) => i);
    this.#rounds = answers.map(() => 0);
    this.#leads = answers.map(() => ({ margin: 0, stderr: 0 }));
  }

  /** One answer alone is first without a pass. */
  get isOver(): boolean {
    return this.#running.length < 2 || this.#round >= this.#rules.rounds;
  }

  /** Asks for the passes of the next round. */
  ask(): void {
    for (const i of this.#running) this.#answers[i]?.ask(this.#round);
  }

  /** Once these have run. */
  look(): void {
    const { coefficients, scales } = this.#rules;
    const standings = new Map(
      this.#running.map((i) => [i, (this.#answers[i] as Racer).standing(this.#round, coefficients)]),
    );
    const cost = (i: number): number =>
      estimate((standings.get(i) as Standing).combination).value * (scales[i] as number);
    const order = this.#running.toSorted((a, b) => cost(a) - cost(b) || a - b);
    this.#best = order[0] as number;
    this.#running = this.#running.filter((i) => {
      this.#rounds[i] = this.#round + 1;
      return i === this.#best || !this.#isOut(i, standings);
    });
    this.#round += 1;
  }

  #isOut(i: number, standings: ReadonlyMap<number, Standing>): boolean {
    const { scales, risk, rounds } = this.#rules;
    const [own, best] = [standings.get(i) as Standing, standings.get(this.#best) as Standing];
    const [scale, scaleOfBest] = [scales[i] as number, scales[this.#best] as number];
    const { value: margin, stderr } = estimate(difference(own.combination, scale, best.combination, scaleOfBest));
    this.#leads[i] = { margin, stderr };
    if (own.exact && best.exact) return true; // equal ones too: as everywhere, the first of them is the best
    const known = own.known * scale ** 2 + best.known * scaleOfBest ** 2;
    const strata = 2 ** this.#round;
    const needed = errorsToLead(strata, risk, rounds, scales.length - 1);
    return margin > needed * boundedError({ stderr, known, strata });
  }

  result(): RaceResult {
    const others = this.#answers.map((_, i) => i).filter((i) => i !== this.#best);
    const rank = (i: number) => [-(this.#rounds[i] as number), (this.#leads[i] as Lead).margin, i] as const;
    const [runnerUp = null] = others.sort((a, b) => compare(rank(a), rank(b)));
    const lead = runnerUp === null ? { margin: 0, stderr: 0 } : (this.#leads[runnerUp] as Lead);
    return {
      ranking: { best: this.#best, runnerUp, ...lead },
      decided: this.#running.length < 2,
      rounds: this.#rounds,
    };
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}
