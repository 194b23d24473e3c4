/** What a published table is, as data. Values are kept as printed; `unit` says what they mean. */

/** One column: a benchmark as the article names it. */
export interface PublishedColumn {
  readonly name: string;
  /** Our tasks that measure it, in order of preference; empty where bench has none. */
  readonly tasks: readonly string[];
  readonly unit: 'percent' | 'fraction' | 'other';
  /** Decimals as printed. */
  readonly digits: number;
  /** Items that the article's value is over; null where it is not a share of items, or not known. */
  readonly items: number | null;
  /** The weights that gave the values were fine-tuned for this column. */
  readonly isFineTuned: boolean;
  /** Our metric of it; absent: the headline of our task. */
  readonly metric?: string;
}

/** `public`: anyone can download them. `unpublished`: the authors did not release them. `other`: not by these authors, or of a model that the catalog does not have. */
export type Weights = 'public' | 'unpublished' | 'other';

export interface PublishedRow {
  readonly name: string;
  /** Name in `models/catalog.json`; null where the catalog has none. */
  readonly model: string | null;
  readonly weights: Weights;
  /** Diffusion steps T of the row, where the article states them. */
  readonly steps: number | null;
  /** Our metric of its values, such as `hit@3`, where it is not the column's: of several texts together, or of another view. */
  readonly metric?: string;
  /** Whether solved examples stand in front; absent where that tells no rows apart. */
  readonly hasShots?: boolean;
  /** In the order of the columns, as printed; null = no value printed. */
  readonly values: readonly (number | null)[];
}

export interface PublishedTable {
  readonly id: string;
  readonly title: string;
  /** Where the numbers were read. */
  readonly source: string;
  /** What a reader must know before comparing. */
  readonly notes: readonly string[];
  readonly columns: readonly PublishedColumn[];
  readonly rows: readonly PublishedRow[];
}

/** A benchmark that published weights answer as they are. */
export function column(name: string, tasks: readonly string[], items: number | null): PublishedColumn {
  return { name, tasks, unit: 'percent', digits: 1, items, isFineTuned: false };
}

/** A benchmark for which the weights were trained further. */
export function fineTuned(name: string, tasks: readonly string[], items: number | null): PublishedColumn {
  return { ...column(name, tasks, items), isFineTuned: true };
}

/** ROUGE in percent: no share of items, so that its error does not follow from the value. */
export function rougeColumn(name: string, metric: string): PublishedColumn {
  return { ...column(name, ['rocstories'], null), metric };
}

/** A number that no run has, such as a loss. */
export function otherColumn(name: string, digits: number): PublishedColumn {
  return { name, tasks: [], unit: 'other', digits, items: null, isFineTuned: false };
}

/** Sizes of the published splits, and the tasks that score them. */
export const BENCHMARKS = {
  triviaqa: column('TriviaQA', ['triviaqa'], 2000),
  mawps: column('MAWPS', ['mawps'], 2065),
  satMath: column('SATMath', ['sat-math'], 220),
  lambada: column('LAMBADA', ['lambada-decoding', 'lambada'], 5153),
  hellaswag: column('HSwag', ['hellaswag'], 10_042),
  winogrande: column('Wino', ['winogrande'], 1267),
  siqa: column('SIQA', ['siqa'], 1954),
  piqa: column('PIQA', ['piqa'], 1838),
  gsm8k: fineTuned('GSM8K (fine-tuned)', ['gsm8k'], 1319),
  infill: column('HumanEval infill', ['humaneval-infill'], 1033),
  countdown4: fineTuned('Countdown CD4', ['countdown-4'], 1000),
} as const;
