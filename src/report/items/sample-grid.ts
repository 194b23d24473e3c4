/** The items of a question set in rows, its runs in columns. */
import type { QuestionSet } from '../view/group-runs.ts';
import type { RunColumns } from '../view/run-columns.ts';
import type { ItemTexts } from './item-texts.ts';

/** A run of a set with its samples, and the row of each item of the set in it. */
export interface Column {
  readonly run: RunColumns;
  readonly samples: ItemTexts;
  /** By item of the set; undefined where the run lacks it. */
  readonly rows: readonly (number | undefined)[];
}

export interface Grid {
  readonly set: QuestionSet;
  /** In the order of the data set. */
  readonly ids: readonly string[];
  readonly columns: readonly Column[];
}
