/** The scores of the alternatives under every normalisation, as a reader compares them. */
import type { SampleQuestion, SampleRanking, SampleView } from './sample-data.ts';

/** One ranking: a quantity under a normalisation. */
export interface ScoreColumn {
  /** `nelbo/byte`. */
  readonly name: string;
  /** By alternative, after normalisation; null where lengths are not known. */
  readonly values: readonly (number | null)[];
  /** Monte-Carlo standard errors, by alternative; null = exact. */
  readonly errors: readonly (number | null)[] | null;
  /** null where a quantity is given but nothing is ranked by it. */
  readonly ranking: SampleRanking | null;
}

/** A column for each ranking; quantities without one stand as they are, in nats. */
export function scoreColumns(view: SampleView, question: SampleQuestion | null): ScoreColumn[] {
  return Object.entries(view.quantities).flatMap(([quantity, [values, errors]]): ScoreColumn[] => {
    const names = Object.keys(view.rankings).filter((name) => name.split('/')[0] === quantity);
    if (names.length === 0) return [{ name: quantity, values, errors, ranking: null }];
    return names.sort(byNormalisation).map((name) => {
      const by = values.map((_, at) => divisor(name.split('/')[1] ?? 'sum', at, view, question));
      const divided = (numbers: readonly number[]) =>
        numbers.map((value, at) => (by[at] == null ? null : value / by[at]));
      const ranking = view.rankings[name] ?? null;
      return { name, values: divided(values), errors: errors === null ? null : divided(errors), ranking };
    });
  });
}

const ORDER = ['sum', 'mean', 'byte', 'char'];
const byNormalisation = (a: string, b: string): number =>
  ORDER.indexOf(a.split('/')[1] ?? '') - ORDER.indexOf(b.split('/')[1] ?? '');

/** What a total is divided by; null where it takes the text of the answers and that is not stored. */
function divisor(normalisation: string, at: number, view: SampleView, question: SampleQuestion | null): number | null {
  if (normalisation === 'sum') return 1;
  if (normalisation === 'mean') return view.tokens[at] ?? null;
  const answer = question?.answers[at];
  if (answer === undefined) return null;
  return normalisation === 'byte' ? new TextEncoder().encode(answer).length : [...answer].length;
}
