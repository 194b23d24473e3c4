/** An experiment of arXiv 2410.17891 as a matrix of runs. Data alone; `index.ts` lists them. */
import type { ProtocolName } from '../../core/names.ts';

/** T of the article's evaluation scripts. */
export const PUBLISHED_STEPS: readonly number[] = [32];

/** Some models on one task under one setting. What is absent is as `bench run` has it. */
export interface PlannedRuns {
  readonly models: readonly string[];
  readonly task: string;
  readonly protocol: ProtocolName;
  /** T; default: 32, as published. */
  readonly steps?: readonly number[];
  readonly draws?: number;
  readonly shots?: number;
  /** First N rows, where the article has fewer than the file. */
  readonly limit?: number;
}

/** Texts without a prompt. */
export interface PlannedTexts {
  readonly models: readonly string[];
  readonly judge: string;
  readonly length: number;
  readonly samples: number;
  readonly steps: readonly number[];
  readonly temperature: readonly number[];
  readonly topP: number;
}

/** Times of texts. */
export interface PlannedTimes {
  readonly models: readonly string[];
  readonly lengths: readonly number[];
  readonly steps: readonly number[];
}

export interface Experiment {
  /** As typed: `table-1`, `figure-3`. */
  readonly name: string;
  readonly title: string;
  /** Published tables whose cells it fills, by `PublishedTable.id`. */
  readonly tables: readonly string[];
  readonly runs: readonly PlannedRuns[];
  readonly texts: readonly PlannedTexts[];
  readonly times: readonly PlannedTimes[];
  /** The part of the miniature that stands beside rows whose weights nobody published; null where none does. */
  readonly miniature: 'word-problems' | 'countdown-mini' | null;
  /** What a reader must know. */
  readonly notes: readonly string[];
}

/** An experiment that has none of what is not named. */
export const experiment = (given: Pick<Experiment, 'name' | 'title' | 'tables'> & Partial<Experiment>): Experiment => ({
  runs: [],
  texts: [],
  times: [],
  miniature: null,
  notes: [],
  ...given,
});
