/** The items of a question set in rows, its runs in columns. */
import type { QuestionSet } from '../view/group-runs.ts';
import type { ReportRun } from '../view/run-columns.ts';
import type { RunSamples } from './run-samples.ts';

/** A run of a set with its samples, and the row of each item of the set in it. */
export interface Column {
  readonly run: ReportRun;
  readonly samples: RunSamples;
  /** By item of the set; undefined where the run lacks it. */
  readonly rows: readonly (number | undefined)[];
}

export interface Grid {
  readonly set: QuestionSet;
  /** In the order of the data set. */
  readonly ids: readonly string[];
  readonly columns: readonly Column[];
}
