/** Less of an answer, for pages that would grow too large: the least useful digits and numbers go first. */

import type { StoredQuestion } from '../../store/records/stored-question.ts';
import type { QuestionText } from './item-texts.ts';
import type { SampleAnswer, SampleView } from './sample-data.ts';

/** How much is kept. Each level keeps less than the one before it. */
export interface Detail {
  /** Significant digits of scores. */
  readonly digits: number;
  /** Of further T than that of the ranking that decides: scores, margins and their errors, scores and margins, or nothing. */
  readonly curves: 'all' | 'without-errors' | 'none';
  /** Longest written text, in characters. */
  readonly text: number;
  /** What the page leaves out, in a sentence; null where nothing. */
  readonly note: string | null;
}

const WHOLE = Number.POSITIVE_INFINITY;
export const LEFT_OUT = 'To keep the page small,';
export const ELSEWHERE = 'bench show RUN ITEM prints everything.';

export const DETAILS: readonly [Detail, ...Detail[]] = [
  { digits: 4, curves: 'all', text: WHOLE, note: null },
  {
    digits: 4,
    curves: 'without-errors',
    text: WHOLE,
    note: `${LEFT_OUT} the Monte-Carlo errors of scores at further T are left out; ${ELSEWHERE}`,
  },
  {
    digits: 3,
    curves: 'none',
    text: WHOLE,
    note: `${LEFT_OUT} scores have three significant digits and those of further T are left out; ${ELSEWHERE}`,
  },
  {
    digits: 3,
    curves: 'none',
    text: 400,
    note: `${LEFT_OUT} scores have three significant digits, those of further T are left out and written texts end after 400 characters; ${ELSEWHERE}`,
  },
];

/** @param ranked the ranking that decides, such as `nelbo/sum` */
export function thinAnswer(answer: SampleAnswer, detail: Detail, ranked: string | null): SampleAnswer {
  const { views, texts } = answer;
  return {
    ...answer,
    values: detail.curves === 'none' ? without(answer.values, (name) => name.includes('@')) : answer.values,
    ...(views === undefined ? {} : { views: views.map((view) => thinView(view, detail, ranked)) }),
    ...(texts === undefined ? {} : { texts: texts.map((text) => ({ ...text, text: cut(text.text, detail.text) })) }),
  };
}

function thinView(view: SampleView, { digits, curves }: Detail, ranked: string | null): SampleView {
  const decides = ranked?.split('/')[0];
  const isFurther = (name: string) => name.includes('@') && name.split('/')[0] !== decides;
  const kept = <V>(record: Readonly<Record<string, V>>) => (curves === 'none' ? without(record, isFurther) : record);
  const rounded = (x: number) => Number(x.toPrecision(digits));
  const quantities = Object.entries(kept(view.quantities)).map(([name, [values, errors]]) => {
    return [name, [values.map(rounded), isFurther(name) ? null : errors]] as const;
  });
  const rankings = Object.entries(kept(view.rankings)).map(([name, [best, runnerUp, margin, error]]) => {
    return [name, [best, runnerUp, margin, isFurther(name) ? 0 : error]] as const;
  });
  return { ...view, quantities: Object.fromEntries(quantities), rankings: Object.fromEntries(rankings) };
}

function without<V>(record: Readonly<Record<string, V>>, isLeftOut: (name: string) => boolean): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !isLeftOut(name)));
}

const cut = (text: string, longest: number): string => (text.length <= longest ? text : `${text.slice(0, longest)} …`);

/** Longest text that is kept of a context, an answer or another piece, in characters. */
export const QUESTION_LENGTHS = [Number.POSITIVE_INFINITY, 2000, 500, 120] as const;

/** The ends of contexts are kept, for answers follow them, and the beginnings of all else. */
export function thinQuestion({ common, views }: QuestionText, longest: number): QuestionText {
  if (longest >= common.length && longest >= views.length) return { common, views };
  const { kind, answers, gold }: Pick<StoredQuestion, 'kind' | 'answers' | 'gold'> = JSON.parse(`{${common}}`);
  const asked: StoredQuestion['views'] = JSON.parse(views);
  const begin = (text: string) => cut(text, longest);
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
