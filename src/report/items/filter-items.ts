/** Which items the list shows. Reads the index only, so that a choice takes effect at once. */
import { OUTCOMES, type SampleIndex, type SampleSet } from './sample-data.ts';

export const SHOWN = ['all', 'gained', 'agree-right', 'agree-wrong', 'undecided', 'unscored', 'traced'] as const;
export type Shown = (typeof SHOWN)[number];

export interface Filter {
  /** Key of a set; '' = all. */
  readonly set: string;
  readonly shown: Shown;
  /** Names of models. `gained` = right in `a`, not in `b`. */
  readonly a: string;
  readonly b: string;
}

/** An item: set and row of it. */
export interface ItemPlace {
  readonly set: number;
  readonly row: number;
}

/** In the order of the index. */
export function filterItems({ sets }: SampleIndex, filter: Filter): ItemPlace[] {
  const places: ItemPlace[] = [];
  sets.forEach((set, at) => {
    if (filter.set !== '' && set.key !== filter.set) return;
    const isShown = testOf(set, filter);
    for (let row = 0; row < set.ids.length; row++) if (isShown(row)) places.push({ set: at, row });
  });
  return places;
}

function testOf({ models }: SampleSet, { shown, a, b }: Filter): (row: number) => boolean {
  const outcomes = models.map((model) => model.outcomes);
  const [mine, theirs] = [a, b].map((name) => models.find((model) => model.name === name)?.outcomes);
  const isAt = (row: number, letters: string) => (own?: string) => letters.includes(own?.[row] ?? '?');
  const { right, undecidedRight, wrong, undecidedWrong, partly, unscored } = OUTCOMES;
  const [rights, wrongs] = [right + undecidedRight, wrong + undecidedWrong];
  const traced = new Set(models.flatMap((model) => model.traced));
  const tests: Readonly<Record<Shown, (row: number) => boolean>> = {
    all: () => true,
    gained: (row) => isAt(row, rights)(mine) && isAt(row, wrongs + partly)(theirs),
    'agree-right': (row) => outcomes.every(isAt(row, rights)),
    'agree-wrong': (row) => outcomes.every(isAt(row, wrongs)),
    undecided: (row) => outcomes.some(isAt(row, undecidedRight + undecidedWrong)),
    unscored: (row) => outcomes.some(isAt(row, unscored)),
    traced: (row) => traced.has(row),
  };
  return tests[shown];
}

/** Halves of surrogate pairs, which no address and no page can hold, as U+FFFD. */
export const wellFormed = (text: string): string => text.replaceAll(/\p{Cs}/gu, '\ufffd');

const LINK = /^#item\/([0-9a-f]+)\/(.+)$/;

/** `#item/<set>/<id>`. */
export const itemLink = (set: SampleSet, row: number): string => {
  return `#item/${set.key}/${encodeURIComponent(wellFormed(set.ids[row] ?? ''))}`;
};

/** The item of a link; null where it is none of this page. */
export function itemOfLink({ sets }: SampleIndex, hash: string): ItemPlace | null {
  const [, key, id = ''] = LINK.exec(hash) ?? [];
  const set = sets.findIndex((each) => each.key === key);
  const wanted = decoded(id);
  const row = wanted === null ? -1 : (sets[set]?.ids.findIndex((each) => wellFormed(each) === wanted) ?? -1);
  return row < 0 ? null : { set, row };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
