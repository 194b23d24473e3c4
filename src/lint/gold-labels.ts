/** Are the right answers spread over the places as chance would spread them? */
import type { Example } from '../core/question.ts';
import { broken, type Check, passed, skipped, suspect } from './check.ts';

/** A lone place for so many labels happens by chance less often than this. */
const RARE = 0.01;
/** Standard deviations of a place's count; with five places, chance exceeds it once in 3,000 data sets. */
const FAR = 4;

export function checkGoldLabels(examples: readonly Example[]): Check {
  const choices = examples.filter(({ question }) => question.kind === 'choose');
  if (choices.length === 0) return skipped('gold-labels', 'no questions with choices');
  const outside = choices.filter(({ question: { gold, answers } }) => answers[gold] === undefined);
  if (outside.length > 0) {
    const found = `${outside.length} of ${choices.length} right answers are none of the choices`;
    const ids = outside.map(({ id }) => id);
    return broken('gold-labels', found, 'check how labels are read: from 0 or from 1', { code: 'bad-dataset', ids });
  }
  const places = Math.max(...choices.map(({ question }) => question.answers.length));
  const counts = Array.from({ length: places }, (_, i) => choices.filter(({ question }) => question.gold === i).length);
  const expected = momentsOf(choices, places);
  const spread = `right answers by place: ${counts.join(', ')}`;
  const advice = 'check how labels are read and whether rows are sorted; always choosing one place beats chance here';
  const isLone = counts.includes(choices.length) && places > 1 && places ** (1 - choices.length) < RARE;
  const isFar = counts.some((count, i) => {
    const { mean, variance } = expected[i] as Moments;
    return variance > 0 && Math.abs(count - mean) > FAR * Math.sqrt(variance);
  });
  if (isLone || isFar) return suspect('gold-labels', spread, advice, { code: 'bad-dataset' });
  return passed('gold-labels', spread);
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Of each place's count where every item's right answer falls anywhere with equal chance; items may differ in choices. */
function momentsOf(choices: readonly Example[], places: number): readonly Moments[] {
  return Array.from({ length: places }, (_, place) => {
    const chances = choices.map(({ question: { answers } }) => (place < answers.length ? 1 / answers.length : 0));
    return { mean: chances.reduce((sum, p) => sum + p, 0), variance: chances.reduce((sum, p) => sum + p * (1 - p), 0) };
  });
}
