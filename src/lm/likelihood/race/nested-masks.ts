/**
 * Masks that come in rounds: one draw, then a second, then each round doubles them. Two independent sequences of levels are scrambled so that
 * the first 2^r points of each have one in every interval of length 2^−r: from the second draw on there are strata of the number of masks with
 * two independent draws each, and the strata of every round are halves of those of the round before. Each level is uniform, so any prefix is
 * unbiased.
 *
 * @source Owen 1995, "Randomly permuted (t,m,s)-nets and (t,s)-sequences": base 2, one dimension (van der Corput's sequence)
 */
import { stream } from '../../../core/numbers/random.ts';
import type { Fraction } from '../../../core/units.ts';
import { maskAtLevel } from '../mask-plan.ts';
import { shareAt } from './mask-counts.ts';

/** A draw of a race; the same name draws the same mask in every race of an answer of that length. */
export interface NestedDraw {
  /** Number of the draw among all, in the order in which rounds ask for them. */
  readonly draw: number;
  readonly sequence: 0 | 1;
  /** Uniform in [0, 1). */
  readonly level: Fraction;
  /** Offsets that are masked, ascending; from 1 to L − 1 of them. */
  readonly mask: readonly number[];
}

/** Binary digits of a level that are told apart by the sequence; so many rounds of pairs at most. */
const DEPTH = 16;

/** The draws that round `round` (0, 1, 2, …) adds: one in round 0, then as many as all rounds before have. */
export function nestedDraws(length: number, round: number, seed: number, key: string): readonly NestedDraw[] {
  const from = round === 0 ? 0 : drawsAfter(round - 1);
  return Array.from({ length: drawsAfter(round) - from }, (_, i) => {
    const draw = from + i;
    const [index, sequence] = [draw >> 1, (draw % 2) as 0 | 1];
    const random = stream(seed, 'race', key, sequence, index);
    const level = scrambled(index, stream(seed, 'race-level', key, sequence).uniform) + random.uniform(0) / 2 ** DEPTH;
    return { draw, sequence, level, mask: maskAtLevel(length, shareAt(level), random) };
  });
}

/** By stratum after round `round`, the draw of sequence 0 first: draws 2s and 2s + 1 are independent in stratum s. */
export const byStratum = <Draw extends NestedDraw>(draws: readonly Draw[], round: number): readonly Draw[] =>
  draws.toSorted((a, b) => stratumOf(a, round) - stratumOf(b, round) || a.sequence - b.sequence);

const stratumOf = ({ level }: NestedDraw, round: number): number => Math.floor(level * strataAfter(round));

const drawsAfter = (round: number): number => 2 ** round;

/** Strata with two draws each after rounds 0 … `round`; 0 after the first, whose draw is alone. */
export const strataAfter = (round: number): number => Math.floor(drawsAfter(round) / 2);

/** Forward passes of an answer that has been through rounds 0 … `round`: the full mask and its draws. */
export const passesAfter = (round: number): number => 1 + drawsAfter(round);

/** Rounds that fit into so many passes; at least two, after which there is a pair. */
export function roundsWithin(passes: number): number {
  return Math.min(DEPTH, Math.max(2, 1 + Math.floor(Math.log2(Math.max(1, passes - 1)))));
}

/** The radical inverse of `index` with each digit turned or not, by a coin that the digits before it name. */
function scrambled(index: number, coin: (node: number) => Fraction): Fraction {
  let [level, node] = [0, 1];
  for (let depth = 0; depth < DEPTH; depth++) {
    const digit = (index >>> depth) & 1;
    const turned = coin(node) < 1 / 2 ? 1 - digit : digit;
    level += turned / 2 ** (depth + 1);
    node = 2 * node + digit;
  }
  return level;
}
