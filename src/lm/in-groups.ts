/**
 * Answers items group by group; the answers are in the order of the items.
 *
 * @param groupOf what items have in common that can be answered at once
 * @param answer  answers of one group, in its order
 */
export async function inGroups<Item, Group, Answer>(
  items: readonly Item[],
  groupOf: (item: Item) => Group,
  answer: (items: readonly Item[], group: Group) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  const answers = new Array<Answer>(items.length);
  const groups = items.map(groupOf);
  for (const group of new Set(groups)) {
    const chosen = [...items.keys()].filter((i) => groups[i] === group);
    const asked = chosen.map((i) => items[i] as Item);
    const found = await answer(asked, group);
    chosen.forEach((i, at) => {
      answers[i] = found[at] as Answer;
    });
  }
  return answers;
}
