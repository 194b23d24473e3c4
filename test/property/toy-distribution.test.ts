/**
 * The bound on distributions small enough to enumerate: three tokens of three letters. It bounds the log-likelihood of what
 * the denoiser itself generates, and reaches it where the denoiser knows the true conditionals.
 */
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/core/numbers/random.ts';
import type { Forward } from '../../src/lm/forward/sequence.ts';
import { boundOf, scriptedForward } from './scripted-forward.ts';

const LETTERS = 3;
const LENGTH = 3;
const MASK = LETTERS;
const DENOISER = { maskId: MASK, shift: false, openFraction: 1 };
/** Enumerates the masks. */
const SETTINGS = { steps: [1, 2, 4, 16], passes: 2 ** LENGTH - 1, seed: 0 };
/** Scripted log-probabilities are float32, of size up to 5, and a bound adds a dozen. */
const TOLERANCE = 5e-6;

const WORDS = Array.from({ length: LETTERS ** LENGTH }, (_, w) => [Math.floor(w / 9), Math.floor(w / 3) % 3, w % 3]);
const POSITIONS = Array.from({ length: LENGTH }, (_, position) => position);

type Conditional = (visible: ArrayLike<number>, position: number, letter: number) => number;

describe.each([1, 2, 3, 4, 5])('distribution %i', (seed) => {
  const weights = WORDS.map((_, w) => stream(seed, 'toy').uniform(w) ** 3 + 0.01);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const truth = (matches: (word: readonly number[]) => boolean) =>
    WORDS.reduce((sum, word, w) => sum + (matches(word) ? (weights[w] as number) / whole : 0), 0);

  const knowing: Conditional = (visible, position, letter) => {
    const fits = (word: readonly number[]) => POSITIONS.every((at) => visible[at] === MASK || visible[at] === word[at]);
    return truth((word) => fits(word) && word[position] === letter) / truth(fits);
  };
  /** Some conditional of every token on the visible ones; no joint distribution has all of them. */
  const guessing: Conditional = (visible, position, letter) => {
    const odds = [0, 1, 2].map((l) => stream(seed, 'guess', ...Array.from(visible), position).uniform(l) + 0.05);
    return (odds[letter] as number) / odds.reduce((sum, value) => sum + value, 0);
  };

  it('true conditionals reach the log-likelihood: NELBO = −log p', async () => {
    for (const word of WORDS) {
      const nll = -Math.log(truth((other) => other.join() === word.join()));
      const { score } = await boundOf(answer(word), DENOISER, SETTINGS, network(knowing));
      expect(Math.abs((score.quantities.nelbo?.value as number) - nll)).toBeLessThan(TOLERANCE);
    }
  });

  it('under true conditionals the mean of NELBO_T lies above the entropy and falls towards it as T grows', async () => {
    const entropy = WORDS.reduce((sum, _, w) => {
      const p = (weights[w] as number) / whole;
      return sum - p * Math.log(p);
    }, 0);
    const means = SETTINGS.steps.map(() => 0);
    for (const [w, word] of WORDS.entries()) {
      const { score } = await boundOf(answer(word), DENOISER, SETTINGS, network(knowing));
      SETTINGS.steps.forEach((T, i) => {
        const value = score.quantities[`nelbo@${T}`]?.value as number;
        means[i] = (means[i] as number) + ((weights[w] as number) / whole) * value;
      });
    }
    const gaps = means.map((mean) => mean - entropy);
    expect(gaps).toEqual(gaps.toSorted((a, b) => b - a));
    expect(gaps.at(-1)).toBeGreaterThan(0);
  });

  it('any denoiser: NELBO ≥ −log p of what it generates when it reveals in random order', async () => {
    let total = 0;
    let slack = 0;
    for (const word of WORDS) {
      const p = generated(guessing, word);
      const { score } = await boundOf(answer(word), DENOISER, SETTINGS, network(guessing));
      const gap = (score.quantities.nelbo?.value as number) + Math.log(p);
      expect(gap).toBeGreaterThan(-TOLERANCE);
      slack = Math.max(slack, gap);
      total += p;
    }
    expect(total).toBeCloseTo(1, 9);
    expect(slack).toBeGreaterThan(0.01);
  });
});

const answer = (word: readonly number[]) => ({ ids: Int32Array.from(word), scored: POSITIONS, crossing: false });

function network(conditional: Conditional): Forward {
  return scriptedForward(({ ids }, { row, target }) => -Math.log(conditional(ids, row, target)));
}

/** Chance that revealing one token at a time, each order as likely as any other, writes the word. */
function generated(conditional: Conditional, word: readonly number[]): number {
  const chance = (visible: readonly number[]): number => {
    const masked = POSITIONS.filter((position) => visible[position] === MASK);
    if (masked.length === 0) return 1;
    return masked.reduce((sum, position) => {
      const next = visible.map((letter, at) => (at === position ? (word[at] as number) : letter));
      return sum + (conditional(visible, position, word[position] as number) * chance(next)) / masked.length;
    }, 0);
  };
  return chance(POSITIONS.map(() => MASK));
}
