/** The experiments that `bench reproduce` knows, in the order of the article. */
import { unknownName } from '../../core/text/nearest.ts';
import type { Experiment } from './experiment.ts';
import { FIGURE_3, FIGURE_4, TABLE_10 } from './figures.ts';
import { TABLE_1, TABLE_2, TABLE_3, TABLE_5, TABLE_7, TABLE_8, TABLE_9, TABLE_11 } from './tables.ts';

export const EXPERIMENTS: readonly Experiment[] = [
  ...[TABLE_1, TABLE_2, TABLE_3, FIGURE_3, TABLE_5, TABLE_7, TABLE_8, TABLE_9, TABLE_10, TABLE_11, FIGURE_4],
];

/** @throws HarnessError 'unknown-name' */
export function experimentNamed(name: string): Experiment {
  const found = EXPERIMENTS.find((each) => each.name === name);
  if (found !== undefined) return found;
  const candidates = EXPERIMENTS.map((each) => each.name);
  throw unknownName({ kind: 'experiment', found: name, candidates, listedBy: 'bench reproduce' });
}
