/** Less of an answer, for pages that would grow too large: the least useful digits and numbers go first. */
import type { SampleAnswer, SampleView } from './sample-data.ts';

/** How much is kept. Each level keeps less than the one before it. */
export interface Detail {
  /** Significant digits of scores. */
  readonly digits: number;
  /** Scores and margins of every T, not only those of the ranking that decides. */
  readonly curves: boolean;
  /** Longest written text, in characters. */
  readonly text: number;
  /** What the page leaves out, in a sentence; null where nothing worth saying. */
  readonly note: string | null;
}

const LONG = 100_000;

export const DETAILS: readonly Detail[] = [
  { digits: 5, curves: true, text: LONG, note: null },
  {
    digits: 4,
    curves: true,
    text: LONG,
    note: 'Scores are rounded to four significant digits to keep the page small.',
  },
  {
    digits: 3,
    curves: false,
    text: LONG,
    note: 'To keep the page small, scores are rounded to three significant digits and those of further T are left out; bench show RUN ITEM prints them all.',
  },
  {
    digits: 3,
    curves: false,
    text: 400,
    note: 'To keep the page small, scores are rounded to three significant digits, those of further T are left out and written texts are cut after 400 characters; bench show RUN ITEM prints everything.',
  },
];

/** @param ranked the ranking that decides, such as `nelbo/sum` */
export function thinAnswer(answer: SampleAnswer, detail: Detail, ranked: string | null): SampleAnswer {
  const { views, texts } = answer;
  return {
    ...answer,
    values: detail.curves ? answer.values : without(answer.values, (name) => name.includes('@')),
    ...(views === undefined ? {} : { views: views.map((view) => thinView(view, detail, ranked)) }),
    ...(texts === undefined ? {} : { texts: texts.map((text) => ({ ...text, text: cut(text.text, detail.text) })) }),
  };
}

function thinView(view: SampleView, { digits, curves }: Detail, ranked: string | null): SampleView {
  const decides = ranked?.split('/')[0];
  const isFurther = (name: string) => !curves && name.includes('@') && name.split('/')[0] !== decides;
  const rounded = (x: number) => Number(x.toPrecision(digits));
  const quantities = Object.entries(without(view.quantities, isFurther)).map(([name, [values, errors]]) => {
    return [name, [values.map(rounded), errors]] as const;
  });
  return { ...view, quantities: Object.fromEntries(quantities), rankings: without(view.rankings, isFurther) };
}

function without<V>(record: Readonly<Record<string, V>>, isLeftOut: (name: string) => boolean): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !isLeftOut(name)));
}

const cut = (text: string, longest: number): string => (text.length <= longest ? text : `${text.slice(0, longest)} …`);
