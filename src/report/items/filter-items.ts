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

function testOf(set: SampleSet, { shown, a, b }: Filter): (row: number) => boolean {
  const all = set.models.map(({ outcomes }) => outcomes);
  const of = (name: string) => set.models.find((model) => model.name === name)?.outcomes;
  const any = (letters: string) => (row: number) => all.some((outcomes) => letters.includes(outcomes[row] ?? '?'));
  const every = (letters: string) => (row: number) => all.every((outcomes) => letters.includes(outcomes[row] ?? '?'));
  const { right, undecidedRight, wrong, undecidedWrong, unscored } = OUTCOMES;
  switch (shown) {
    case 'gained': {
      const [mine, theirs] = [of(a), of(b)];
      if (mine === undefined || theirs === undefined) return () => false;
      const isWrong = wrong + undecidedWrong + OUTCOMES.partly;
      return (row) => (right + undecidedRight).includes(mine[row] ?? '?') && isWrong.includes(theirs[row] ?? '?');
    }
    case 'agree-right':
      return every(right + undecidedRight);
    case 'agree-wrong':
      return every(wrong + undecidedWrong);
    case 'undecided':
      return any(undecidedRight + undecidedWrong);
    case 'unscored':
      return any(unscored);
    case 'traced': {
      const traced = new Set(set.models.flatMap((model) => model.traced));
      return (row) => traced.has(row);
    }
    default:
      return () => true;
  }
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
