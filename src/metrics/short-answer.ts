/**
 * Short written answers against several right ones, as SQuAD and TriviaQA judge them. Normalised: lower case, no ASCII punctuation, no
 * articles, single blanks.
 *
 * @source Rajpurkar et al. 2016, arXiv:1606.05250 (evaluation script); Joshi et al. 2017, arXiv:1705.03551
 */
import { sharedGrams } from './rouge.ts';

const PUNCTUATION = /[!-/:-@[-`{-~]/g;
const ARTICLES = /\b(a|an|the)\b/gu;

export function normaliseAnswer(text: string): string {
  const bare = text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' ');
  return bare.split(/\s+/u).filter(Boolean).join(' ');
}

/**
 * `contains`: a right answer stands in the text; `exactMatch`: the text is one; `f1`: of words, against the nearest one. All in 0..1,
 * higher is better. A right answer of which nothing is left when normalised counts only as a whole.
 */
export function answerValues(
  text: string,
  rightAnswers: readonly string[],
): Readonly<Record<'contains' | 'exactMatch' | 'f1', number>> {
  const written = normaliseAnswer(text);
  const wanted = [...new Set(rightAnswers.map(normaliseAnswer))];
  const isExact = wanted.includes(written);
  return {
    contains: Number(isExact || wanted.some((answer) => answer !== '' && written.includes(answer))),
    exactMatch: Number(isExact),
    f1: Math.max(0, ...wanted.map((answer) => wordsShared(written, answer))),
  };
}

function wordsShared(written: string, wanted: string): number {
  if (written === '' || wanted === '') return Number(written === wanted);
  return sharedGrams(written.split(' '), wanted.split(' '), 1);
}
