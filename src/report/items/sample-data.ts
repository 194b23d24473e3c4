/** What the sample browser's script reads from the page: an index of all items, and chunks that are decoded when they are looked at. */
import type { Family } from '../../core/question.ts';
import type { Written } from '../../core/response.ts';
import type { TextTrace } from '../../core/trace.ts';
import type { StoredQuestion, StoredView } from '../../store/records/stored-question.ts';

export interface SampleIndex {
  /** Items a chunk. */
  readonly chunkItems: number;
  readonly sets: readonly SampleSet[];
  /** Names of all models, in the order of the legend and of the marks of an item. */
  readonly models: readonly string[];
  /** Their short names, see `shortNames`. */
  readonly shown: readonly string[];
}

/** One task under one protocol, over the same rows. */
export interface SampleSet {
  /** Part of links to its items. */
  readonly key: string;
  readonly task: string;
  readonly protocol: string;
  /** Data source; `fixture` = built-in rows. */
  readonly source: string;
  /** In the order of the data set. */
  readonly ids: readonly string[];
  readonly models: readonly SampleModel[];
  /** Any of the runs stores the text of its questions. */
  readonly hasText: boolean;
  /** Models wrote texts, so that answers are worth a search. */
  readonly writes: boolean;
}

export interface SampleModel {
  readonly name: string;
  /** The short name. */
  readonly shown: string;
  readonly family: Family;
  /** An outcome an item, see `OUTCOMES`. */
  readonly outcomes: string;
  /** The ranking that decides `acc`, such as `nelbo/sum`; null where nothing is ranked. */
  readonly ranked: string | null;
  /** Rows of `ids` whose denoising steps are in the page. */
  readonly traced: readonly number[];
  /** Items whose steps the store has. */
  readonly tracedInStore: number;
}

/** Letters of `SampleModel.outcomes`. Capitals are decided at Monte-Carlo error; `r`, `w` are right and wrong but undecided. */
export const OUTCOMES = {
  right: 'R',
  wrong: 'W',
  undecidedRight: 'r',
  undecidedWrong: 'w',
  /** Some of several written texts are right. */
  partly: 'P',
  /** Scored, without right or wrong. */
  measured: 'N',
  unscored: 'U',
  missing: '-',
} as const;

/** Entry of a question chunk. */
export interface SampleQuestion extends Pick<StoredQuestion, 'kind' | 'answers' | 'gold'> {
  /** How models were asked; one entry where all were asked alike. */
  readonly asked: readonly { readonly families: readonly Family[]; readonly views: readonly StoredView[] }[];
}

/** Entry of an answer chunk; rounded. */
export interface SampleAnswer {
  /** Why there is no score: `code: reason`. */
  readonly unscored?: string;
  readonly values: Readonly<Record<string, number>>;
  readonly chosen: number | null;
  readonly gold: number;
  readonly undecided: boolean;
  /** Sequences through the network. */
  readonly nfe: number | null;
  readonly views?: readonly SampleView[];
  readonly texts?: readonly SampleText[];
  /** Views that could not be answered, and why. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** Scores of a view; lists are by alternative. */
export interface SampleView {
  readonly name: string;
  readonly tokens: readonly number[];
  readonly exact: boolean;
  readonly crossing: boolean;
  readonly greedy: readonly (boolean | null)[];
  /** Totals in nats, and their Monte-Carlo errors; null = exact. */
  readonly quantities: Readonly<Record<string, readonly [values: readonly number[], errors: readonly number[] | null]>>;
  readonly rankings: Readonly<Record<string, SampleRanking>>;
}

/** `error`: Monte-Carlo standard error of the margin. */
export type SampleRanking = readonly [best: number, runnerUp: number | null, margin: number, error: number];

export interface SampleText extends Written {
  readonly view: string;
  /** What became of the program that the text is. */
  readonly verdict?: string;
}

/** The denoising steps of one text, for the grid. Places count the positions that were written, from 0. */
export interface SampleTrace extends Pick<TextTrace, 'view' | 'steps' | 'draw'> {
  readonly before: string;
  readonly after: string;
  /** Positions of the canvas by place. */
  readonly positions: readonly number[];
  /** Texts of tokens; steps point into it. */
  readonly pieces: readonly string[];
  readonly path: readonly SampleTraceStep[];
  /** Spearman's rank correlation of the step that reveals a place with the place; null where it has no value. */
  readonly rankCorrelation: number | null;
  /** Log-probabilities of the same text by a left-to-right model, token by token; null where no stored record has them. */
  readonly lane: { readonly model: string; readonly logprobs: readonly number[] } | null;
}

/** Entry i of `places`, `tokens` and `permille` is a proposal: its place, piece, and probability in thousandths. */
export interface SampleTraceStep {
  readonly remaining: number;
  readonly places: readonly number[];
  readonly tokens: readonly number[];
  readonly permille: readonly number[];
  readonly revealed: readonly number[];
}

/** Ids of the elements that hold the data. */
export const SAMPLE_ELEMENTS = {
  index: 'samples-index',
  questions: (set: number, chunk: number) => `samples-q-${set}-${chunk}`,
  answers: (set: number, model: number, chunk: number) => `samples-a-${set}-${model}-${chunk}`,
  trace: (set: number, model: number, row: number) => `samples-t-${set}-${model}-${row}`,
} as const;

/** What a prompt says after the answer that is scored. */
export function afterText(pieces: StoredView['alternatives'][number]): string {
  const rest = pieces.slice(pieces.findLastIndex(({ scored }) => scored) + 1);
  return rest.map(({ text }) => text).join('');
}
