/** Which alternative wins, under each quantity and normalisation, and how sure that is given Monte-Carlo noise. */
import type { Normalisation, Quantity, Ranking, RankingName } from '../../core/response.ts';
import { type Combination, difference, estimate } from './elbo.ts';

/** One alternative's value of a quantity. Lower is better for all but `loglikelihood`. */
export interface Contender {
  readonly combination: Combination;
  readonly tokens: number;
  readonly answer: string;
}

/** Ranks alternatives by one quantity; ties go to the first. */
export function rank(
  quantity: Quantity,
  contenders: readonly Contender[],
  normalisations: readonly Normalisation[],
): Partial<Record<RankingName, Ranking>> {
  const entries = normalisations.map((normalisation) => {
    const scales = contenders.map((contender) => 1 / divisor(contender, normalisation));
    return [`${quantity}/${normalisation}`, rankScaled(quantity, contenders, scales)];
  });
  return Object.fromEntries(entries) as Partial<Record<RankingName, Ranking>>;
}

function rankScaled(quantity: Quantity, contenders: readonly Contender[], scales: readonly number[]): Ranking {
  const sign = quantity === 'loglikelihood' ? -1 : 1;
  const costs = contenders.map(({ combination }, i) => sign * estimate(combination).value * (scales[i] as number));
  const order = costs.map((_, i) => i).sort((a, b) => (costs[a] as number) - (costs[b] as number) || a - b);
  const [best, runnerUp] = order as [number, number | undefined];
  if (runnerUp === undefined) return { best, runnerUp: null, margin: 0, stderr: 0 };
  const [winner, second] = [contenders[best] as Contender, contenders[runnerUp] as Contender];
  const paired = difference(second.combination, scales[runnerUp] as number, winner.combination, scales[best] as number);
  return {
    best,
    runnerUp,
    margin: (costs[runnerUp] as number) - (costs[best] as number),
    stderr: estimate(paired).stderr,
  };
}

const DIVISORS: Readonly<Record<Normalisation, (of: Pick<Contender, 'tokens' | 'answer'>) => number>> = {
  sum: () => 1,
  mean: ({ tokens }) => tokens,
  byte: ({ answer }) => Math.max(1, Buffer.byteLength(answer, 'utf8')),
  char: ({ answer }) => Math.max(1, [...answer].length),
};

/** What a total is divided by to be comparable. */
export const divisor = (of: Pick<Contender, 'tokens' | 'answer'>, normalisation: Normalisation): number =>
  DIVISORS[normalisation](of);
