/** Less of a question, for pages that would grow too large. */
import type { StoredQuestion } from '../../store/records/stored-question.ts';
import type { QuestionText } from './item-texts.ts';

/** Longest text that is kept of a context, an answer or another piece, in characters. */
export const QUESTION_LENGTHS = [Number.POSITIVE_INFINITY, 2000, 500, 120] as const;

/** The ends of contexts are kept, for answers follow them, and the beginnings of all else. */
export function thinQuestion({ common, views }: QuestionText, longest: number): QuestionText {
  if (longest >= common.length && longest >= views.length) return { common, views };
  const { kind, answers, gold }: Pick<StoredQuestion, 'kind' | 'answers' | 'gold'> = JSON.parse(`{${common}}`);
  const asked: StoredQuestion['views'] = JSON.parse(views);
  const begin = (text: string) => (text.length <= longest ? text : `${text.slice(0, longest)} …`);
  const end = (text: string) => (text.length <= longest ? text : `… ${text.slice(-longest)}`);
  const thinned = asked.map(({ name, context, alternatives }) => ({
    name,
    context: end(context),
    alternatives: alternatives.map((pieces) => pieces.map(({ text, scored }) => ({ text: begin(text), scored }))),
  }));
  return {
    common: JSON.stringify({ kind, answers: answers.map(begin), gold }).slice(1, -1),
    views: JSON.stringify(thinned),
  };
}
