/**
 * By how much one answer of a choice leads another, under every ranking that a record holds, and what fewer bits may do to that. The error
 * of a log-likelihood of t tokens is taken to have standard deviation σ · √t; of a lead, that of two answers, each as it is normalised.
 */
import { NORMALISATIONS, type Response, type ViewResponse } from '../../../core/response.ts';
import type { Nats } from '../../../core/units.ts';
import { divisor } from '../ranking.ts';

/** One ranking: what each answer is worth, higher is better, and the square of its error in units of σ². */
export interface Contest {
  readonly values: readonly Nats[];
  readonly squares: readonly number[];
}

/** All rankings of an answered choice: each view under each normalisation, and the first view less each other, as the gain of a context is. */
export function contestsOf(answers: readonly string[], response: Response): readonly Contest[] {
  if (response.kind !== 'answered') return [];
  const views = Object.values(response.views);
  const [first, ...others] = views;
  if (first === undefined) return [];
  return [
    ...views.flatMap((view) => normalised(answers, view)),
    ...others
      .filter(({ alternatives }) => alternatives.length === first.alternatives.length)
      .map((other) => less(first, other)),
  ];
}

function normalised(answers: readonly string[], { alternatives }: ViewResponse): readonly Contest[] {
  return NORMALISATIONS.map((normalisation) => {
    const scales = alternatives.map(
      ({ tokens }, i) => 1 / divisor({ tokens, answer: answers[i] as string }, normalisation),
    );
    return {
      values: alternatives.map((each, i) => worthOf(each) * (scales[i] as number)),
      squares: alternatives.map(({ tokens }, i) => tokens * (scales[i] as number) ** 2),
    };
  });
}

const less = (first: ViewResponse, other: ViewResponse): Contest => ({
  values: first.alternatives.map((each, i) => worthOf(each) - worthOf(other.alternatives[i] as typeof each)),
  squares: first.alternatives.map(({ tokens }, i) => tokens + (other.alternatives[i]?.tokens ?? 0)),
});

const worthOf = ({ quantities }: ViewResponse['alternatives'][number]): Nats =>
  quantities.loglikelihood?.value as number;

const bestOf = ({ values }: Contest): number => values.indexOf(Math.max(...values));

/** The least lead of the best answer over another, in units of σ; infinite where there is no other. */
export function leastLead(contests: readonly Contest[]): number {
  return Math.min(
    ...contests.flatMap((contest) => {
      const best = bestOf(contest);
      return others(contest, best).map((i) => (lead(contest, best, i) as number) / spread(contest, best, i));
    }),
  );
}

/** What fewer bits did to the lead over each other answer, in units of σ. */
export function leadErrors(cheap: readonly Contest[], exact: readonly Contest[]): readonly number[] {
  return cheap.flatMap((contest, at) => {
    const [best, inFloat32] = [bestOf(contest), exact[at] as Contest];
    return others(contest, best).map(
      (i) => (lead(contest, best, i) - lead(inFloat32, best, i)) / spread(contest, best, i),
    );
  });
}

/** Is another answer the first one, under any ranking? */
export const decidesOtherwise = (cheap: readonly Contest[], exact: readonly Contest[]): boolean =>
  cheap.some((contest, at) => bestOf(contest) !== bestOf(exact[at] as Contest));

const others = ({ values }: Contest, best: number): readonly number[] =>
  values.map((_, i) => i).filter((i) => i !== best);
const lead = ({ values }: Contest, best: number, i: number): Nats => (values[best] as number) - (values[i] as number);
const spread = ({ squares }: Contest, best: number, i: number): number =>
  Math.sqrt((squares[best] as number) + (squares[i] as number));
