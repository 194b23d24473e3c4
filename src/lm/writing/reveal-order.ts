/**
 * Which of the masked positions are revealed. Steps are counted by how many are still to come: `remaining` runs from K − 1 down
 * to 0 (the published t); after the last, nothing is masked.
 *
 * @source paper forms: `generate_samples` of the trainer (confidence) and of the wrapper (random keep) of HKUNLP/DiffuLLaMA at
 *         c17e897; canonical forms: section 7.4 of the project's protocol notes
 */
import { exactMaskedCount, officialMaskedCount } from './reveal-schedule.ts';

export interface RevealState {
  /** Positions that were maskable at the start, ascending. */
  readonly maskable: readonly number[];
  /** Those still masked, ascending. */
  readonly masked: readonly number[];
  readonly remaining: number;
  /** K. */
  readonly steps: number;
  /** Positions of a whole block where the canvas has blocks of its own and holds a part of one; else those maskable. */
  readonly blockLength: number;
}

/**
 * Published confidence order: a position stays masked when its score lies strictly below the k-th lowest (from 0). Revealed
 * positions are ranked too, with their current scores, and take places among the k lowest; ties shrink that set. So more
 * positions than scheduled are revealed. (Positions that were never maskable score 1000 there and never matter: k is less
 * than the number of maskable ones.)
 */
export function revealByOfficialScore(state: RevealState, scoreOf: (position: number) => number): readonly number[] {
  const { maskable, masked, remaining, steps } = state;
  if (remaining === 0) return masked;
  const staysLow = lowest(maskable.map(scoreOf), officialMaskedCount(maskable.length, remaining, steps));
  const low = new Set(maskable.filter((_, i) => staysLow[i]));
  return masked.filter((position) => !low.has(position));
}

/** Which scores lie strictly below entry `k` of their ascending order, counted from 0. */
export function lowest(scores: readonly number[], k: number): readonly boolean[] {
  const cutoff = scores.toSorted((a, b) => a - b)[k] as number;
  return scores.map((score) => score < cutoff);
}

/** Published random order: each masked position on its own, with probability 1 / (remaining + 1); the fraction that stays masked is remaining / K in expectation. */
export function revealByChance(state: RevealState, uniformOf: (position: number) => number): readonly number[] {
  const { masked, remaining } = state;
  return masked.filter((position) => uniformOf(position) < Math.fround(1 / (remaining + 1)));
}

/** How many positions the canonical form reveals in this step: after it exactly ⌊maskable · remaining / K⌋ are masked. */
export function revealCount({ maskable, masked, remaining, steps }: RevealState): number {
  return masked.length - exactMaskedCount(maskable.length, remaining, steps);
}

/** The masked positions of the highest rank, the lower position first on ties. Ascending. */
export function revealFirst(
  masked: readonly number[],
  count: number,
  rankOf: (position: number) => number,
): readonly number[] {
  const ranks = new Map(masked.map((position) => [position, rankOf(position)]));
  const order = masked.toSorted((a, b) => (ranks.get(b) as number) - (ranks.get(a) as number) || a - b);
  return order.slice(0, Math.max(0, count)).sort((a, b) => a - b);
}
