/** Looks through the text of questions and answers, chunk by chunk, so that the page stays responsive. */

import type { ItemPlace } from '../items/filter-items.ts';
import type { SampleAnswer, SampleQuestion } from '../items/sample-data.ts';
import type { ChunkStore } from './chunk-store.ts';

/**
 * Those of `places` whose id, question, answers or written texts hold all words of `words`, in any case.
 *
 * @param onFound told after every chunk what is found so far
 * @param isStale the search is no longer wanted
 */
export async function searchText(
  store: ChunkStore,
  places: readonly ItemPlace[],
  words: string,
  onFound: (found: ItemPlace[]) => void,
  isStale: () => boolean,
): Promise<ItemPlace[]> {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const { chunkItems, sets } = store.index;
  const found: ItemPlace[] = [];
  for (let from = 0; from < places.length && !isStale(); ) {
    const { set, row } = places[from] as ItemPlace;
    const chunk = Math.floor(row / chunkItems);
    let to = from;
    while (places[to]?.set === set && Math.floor((places[to] as ItemPlace).row / chunkItems) === chunk) to++;
    const questions = await store.questions(set, chunk);
    const writers = sets[set]?.writes === true ? sets[set].models : [];
    const answers = await Promise.all(writers.map((_, model) => store.answers(set, model, chunk)));
    for (const place of places.slice(from, to)) {
      const at = place.row % chunkItems;
      const text = [
        sets[set]?.ids[place.row] ?? '',
        ...questionTexts(questions[at]),
        ...answers.flatMap((each) => writtenTexts(each[at])),
      ];
      const all = text.join('\n').toLowerCase();
      if (wanted.every((word) => all.includes(word))) found.push(place);
    }
    from = to;
    onFound(found);
  }
  return found;
}

function questionTexts(question: SampleQuestion | null | undefined): string[] {
  if (question == null) return [];
  const pieces = question.asked.flatMap(({ views }) =>
    views.flatMap(({ context, alternatives }) => [context, ...alternatives.flat().map(({ text }) => text)]),
  );
  return [...question.answers, ...pieces];
}

const writtenTexts = (answer: SampleAnswer | null | undefined): string[] =>
  (answer?.texts ?? []).map(({ text }) => text);
