import { HarnessError } from '../../core/errors.ts';
import type { ValuePair } from '../../stats/paired-values.ts';

/**
 * Which items share a context, by what a pattern finds in their ids: `HumanEval/\d+` puts all holes of one program together.
 *
 * @returns the name of each item's cluster
 * @throws HarnessError 'bad-arguments' naming an id without a match, or a pattern that puts all items into one cluster
 */
export function itemClusters(task: string, pairs: readonly ValuePair[], pattern: RegExp): readonly string[] {
  const names = pairs.map(({ id }) => {
    const [name] = pattern.exec(id) ?? [];
    if (name !== undefined && name !== '') return name;
    throw refused(`${task}: expected ${pattern} to find a cluster in every item id, found none in ${id}`);
  });
  if (new Set(names).size > 1) return names;
  throw refused(`${task}: expected ${pattern} to find two clusters or more, found only ${names[0]}`);
}

const refused = (problem: string): HarnessError =>
  new HarnessError('bad-arguments', `--clusters: ${problem}`, {
    hint: 'bench show RUN lists item ids; --tasks keeps to the tasks that the pattern is for',
  });
