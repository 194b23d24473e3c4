/**
 * A race between the answers of a question: rounds of passes, and after each a look, at which answers that are too far behind the best
 * drop out. It decides which answer is first under one ranking and nothing else: a value that is looked at until it leads is
 * biased, so none is given.
 */
import type { Ranking } from '../../../core/response.ts';
import type { Fraction } from '../../../core/units.ts';
import { type Coefficients, type Combination, difference } from '../elbo.ts';
import { type BoundedError, boundedErrors, errorsToLead, type Lead } from './boundary.ts';
import { strataAfter } from './nested-masks.ts';

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
  /** Standard deviation by which passes in fewer bits move what each answer is compared by; absent: passes move nothing. */
  readonly moved?: readonly number[];
}

export interface RaceResult {
  /** Margin and error, what was known counted with it, are those of the look that put the runner-up out; the lead is overstated. */
  readonly ranking: Ranking;
  readonly decided: boolean;
  /** Rounds that each answer took part in. */
  readonly rounds: readonly number[];
  /** Left open for what fewer bits may move alone. */
  readonly isNear: boolean;
  /** What each answer that was still in was compared by, look by look. */
  readonly looks: readonly ReadonlyMap<number, number>[];
}

type Margin = Pick<Ranking, 'margin' | 'stderr'>;

export type Race = ReturnType<typeof startRace>;

export function startRace(answers: readonly Racer[], rules: RaceRules) {
  const { coefficients, scales, risk, moved } = rules;
  let running = [...answers.keys()];
  const rounds = answers.map(() => 0);
  /** Behind the best at the last look that an answer had. */
  const leads = answers.map((): Margin => ({ margin: 0, stderr: 0 }));
  /** One a round. */
  const looks: ReadonlyMap<number, number>[] = [];
  /** Those that would be out if fewer bits moved nothing, at the last look. */
  let near = new Set<number>();
  let first = 0;
  return {
    /** One answer alone is first without a pass. */
    isOver: () => running.length < 2 || looks.length >= rules.rounds,
    /** Asks for the passes of the next round. */
    ask(): void {
      for (const i of running) answers[i]?.ask(looks.length);
    },
    /** Once these have run. */
    look(): void {
      const round = looks.length;
      const standings = running.map((i): Placed => {
        const standing = (answers[i] as Racer).standing(round, coefficients);
        return { i, standing, cost: totalOf(standing.combination) * (scales[i] as number) };
      });
      const [best, ...others] = standings.sort((a, b) => a.cost - b.cost || a.i - b.i) as [Placed, ...Placed[]];
      const strata = strataAfter(round);
      const found = others.map((other) => leadOf(best, other, scales, strata));
      const errors = boundedErrors(found, strata);
      first = best.i;
      for (const { i } of standings) rounds[i] = round + 1;
      looks.push(new Map(standings.map(({ i, cost }) => [i, cost])));
      near = new Set();
      const open = others.filter(({ i, standing }, at) => {
        const [{ margin }, { stderr, degrees }] = [found[at] as Lead, errors[at] as BoundedError];
        leads[i] = { margin, stderr };
        // Equal ones too: as everywhere, the first of them is the best.
        const isExact = standing.exact && best.standing.exact;
        const ahead = errorsToLead(degrees, risk, rules.rounds);
        if (!isExact && !(margin > ahead * stderr)) return true;
        const byBits = Math.hypot(moved?.[i] ?? 0, moved?.[best.i] ?? 0);
        if (byBits === 0 || margin > ahead * Math.hypot(isExact ? 0 : stderr, byBits)) return false;
        near.add(i);
        return true;
      });
      running = [best.i, ...open.map(({ i }) => i)].sort((a, b) => a - b);
    },
    result(): RaceResult {
      const rank = (i: number) => [-(rounds[i] as number), (leads[i] as Margin).margin, i] as const;
      const others = [...answers.keys()].filter((i) => i !== first);
      const [runnerUp = null] = others.sort((a, b) => compare(rank(a), rank(b)));
      const lead = runnerUp === null ? { margin: 0, stderr: 0 } : (leads[runnerUp] as Margin);
      const isNear = running.length > 1 && running.every((i) => i === first || near.has(i));
      return { ranking: { best: first, runnerUp, ...lead }, decided: running.length < 2, rounds, isNear, looks };
    },
  };
}

interface Placed {
  readonly i: number;
  readonly standing: Standing;
  readonly cost: number;
}

const totalOf = ({ exact, draws }: Combination): number => draws.reduce((sum, draw) => sum + draw, exact);

/** Draw by draw, as answers share their masks. */
function leadOf(best: Placed, other: Placed, scales: readonly number[], strata: number): Lead {
  const [scale, scaleOfBest] = [scales[other.i] as number, scales[best.i] as number];
  const { exact, draws } = difference(other.standing.combination, scale, best.standing.combination, scaleOfBest);
  const pairs = strata === 0 ? 0 : draws.length / 2;
  let squares = 0;
  for (let s = 0; s < pairs; s++) squares += ((draws[2 * s] as number) - (draws[2 * s + 1] as number)) ** 2;
  const known = other.standing.known * scale ** 2 + best.standing.known * scaleOfBest ** 2;
  return { margin: totalOf({ exact, draws }), squares, known };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}
