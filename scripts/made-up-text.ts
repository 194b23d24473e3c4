/** Text as long as that of real questions that compresses about as well: words of a corpus, as often as they are there. */
import { readFileSync } from 'node:fs';
import type { RandomStream } from '../src/core/numbers/random.ts';

/** Compiled scripts are in `dist/scripts`; the corpus is not compiled. */
const CORPUS = new URL('../../scripts/tiny-corpus.txt', import.meta.url);

/**
 * Raw deflate leaves 39 % of it; of the LAMBADA test set 40 %.
 *
 * @returns a function from a typical number of words to text of half to one and a half as many
 */
export function madeUpText(random: RandomStream): (typical: number) => string {
  const words = readFileSync(CORPUS, 'utf8').split(/\s+/).filter(Boolean);
  let drawn = 0;
  const uniform = () => random.uniform(drawn++);
  const word = () => words[Math.floor(uniform() * words.length)];
  return (typical) => {
    const count = Math.max(1, Math.round(typical * (0.5 + uniform())));
    return Array.from({ length: count }, word).join(' ');
  };
}
