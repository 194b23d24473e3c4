/** A run as the sample browser keeps it: the text of each question and answer as JSON, so that many long runs fit in memory. */
import type { ItemRecord } from '../../core/record.ts';
import type { ViewResponse, Written } from '../../core/response.ts';
import type { ItemTrace } from '../../core/trace.ts';
import { rightShare } from '../../metrics/headline-metric.ts';
import type { ReadQuestions } from '../../store/records/question-file.ts';
import type { StoredQuestion } from '../../store/records/stored-question.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import type { QuestionSet } from '../view/group-runs.ts';
import type { RunColumns } from '../view/run-columns.ts';
import { OUTCOMES, type SampleAnswer, type SampleRanking, type SampleText, type SampleView } from './sample-data.ts';

export interface ItemTexts {
  /** Row of an item by id. */
  readonly rows: ReadonlyMap<string, number>;
  readonly index: readonly number[];
  readonly outcomes: readonly string[];
  /** Any answer is a text. */
  readonly writes: boolean;
  /** JSON of `SampleAnswer`. */
  readonly answers: readonly string[];
  readonly questions: readonly (QuestionText | null)[];
  /** Why no question has its text; null where they have. */
  readonly textProblem: string | null;
  readonly traces: ReadonlyMap<string, ItemTrace>;
  /** Why some traces are not there; null where all are. */
  readonly traceProblem: string | null;
  /** Full text of question and answer -> log-probability of each token of the answer (AR, one right answer only). */
  readonly lanes: ReadonlyMap<string, readonly number[]>;
}

/** A question in JSON, in two parts: models of one set differ in the second at most. */
export interface QuestionText {
  /** `kind`, `answers`, `gold`. */
  readonly common: string;
  /** `views`. */
  readonly views: string;
}

/** What reports say of runs without the text of their questions. */
export const NO_TEXT = 'question text not stored by this version';

export interface TextSources {
  /** JSON of `sampleAnswer` by item id; of all records. */
  readonly answers: ReadonlyMap<string, string>;
  readonly questions: ReadQuestions;
  /** As `readTraces` gives them. */
  readonly traces: { readonly byId: ReadonlyMap<string, ItemTrace>; readonly problem: string | null };
  /** The metric by which the run is shown. */
  readonly headline: string;
}

/** @param run `reportedPart` of its records is enough */
export function toItemTexts({ records, manifest }: StoredRun, sources: TextSources): ItemTexts {
  const { answers, questions, traces } = sources;
  const byId = questions.kind === 'stored' ? questions.byId : new Map<string, StoredQuestion>();
  const share = rightShare(sources.headline);
  const isCausal = manifest.model.family === 'autoregressive';
  return {
    rows: new Map(records.map(({ id }, row) => [id, row])),
    index: records.map(({ index }) => index),
    outcomes: records.map(({ score }) => outcomeOf(score, share)),
    writes: records.some(({ response }) => response.kind === 'written'),
    answers: records.map(({ id }) => answers.get(id) ?? 'null'),
    questions: records.map(({ id }) => questionText(byId.get(id))),
    textProblem: questions.kind === 'stored' ? null : questions.kind === 'none' ? NO_TEXT : questions.problem,
    traces: traces.byId,
    traceProblem: traces.problem,
    lanes: new Map(isCausal ? records.flatMap((record) => laneOf(record, byId.get(record.id))) : []),
  };
}

/** Question and answer as one text, blanks at its ends aside; the key of `ItemTexts.lanes`. */
export const wholeText = (context: string, answer: string): string => (context + answer).trim();

function outcomeOf(score: ItemRecord['score'], share: ReturnType<typeof rightShare>): string {
  if (score.kind === 'unscored') return OUTCOMES.unscored;
  const right = share(score.values);
  if (right === null) return OUTCOMES.measured;
  if (right !== 0 && right !== 1) return OUTCOMES.partly;
  if (score.undecided) return right === 1 ? OUTCOMES.undecidedRight : OUTCOMES.undecidedWrong;
  return right === 1 ? OUTCOMES.right : OUTCOMES.wrong;
}

function questionText(question: StoredQuestion | undefined): QuestionText | null {
  if (question === undefined) return null;
  const { kind, answers, gold, views } = question;
  return { common: JSON.stringify({ kind, answers, gold }).slice(1, -1), views: JSON.stringify(views) };
}

/** Significant digits of stored numbers; `thinAnswer` drops more. */
const DIGITS = { value: 4, error: 2, margin: 3 } as const;

/** What the browser shows of a record, rounded. */
export function sampleAnswer({ score, response }: ItemRecord): SampleAnswer {
  const isScored = score.kind === 'scored';
  return {
    ...(isScored ? {} : { unscored: `${score.code}: ${score.reason}` }),
    values: isScored ? mapValues(score.values, (value) => rounded(value, DIGITS.value)) : {},
    chosen: isScored ? score.answer : null,
    gold: isScored ? score.gold : 0,
    undecided: isScored && score.undecided,
    nfe: response.kind === 'unanswered' ? null : response.nfe,
    ...(response.kind === 'answered'
      ? { views: Object.entries(response.views).map(([name, view]) => sampleView(name, view)) }
      : {}),
    ...(response.kind === 'written'
      ? {
          texts: textsOf(response.views, isScored ? (score.verdicts ?? {}) : {}),
          ...(response.refused === undefined
            ? {}
            : { refused: mapValues(response.refused, ({ code, reason }) => `${code}: ${reason}`) }),
        }
      : {}),
  };
}

function sampleView(name: string, { alternatives, rankings }: ViewResponse): SampleView {
  const first = Object.keys(alternatives[0]?.quantities ?? {}) as (keyof (typeof alternatives)[0]['quantities'])[];
  const names = first.filter((quantity) => alternatives.every(({ quantities: found }) => quantity in found));
  const quantities = names.map((quantity) => {
    const values = alternatives.map(({ quantities: found }) => rounded(found[quantity]?.value ?? 0, DIGITS.value));
    const errors = alternatives.map(({ quantities: found }) => rounded(found[quantity]?.stderr ?? 0, DIGITS.error));
    return [quantity, [values, errors.some((error) => error > 0) ? errors : null]] as const;
  });
  return {
    name,
    tokens: alternatives.map(({ tokens }) => tokens),
    exact: alternatives.every(({ exact }) => exact),
    crossing: alternatives.some(({ crossing }) => crossing),
    greedy: alternatives.map(({ greedy }) => greedy),
    quantities: Object.fromEntries(quantities),
    rankings: mapValues(rankings, ({ best, runnerUp, margin, stderr }): SampleRanking => {
      return [best, runnerUp, rounded(margin, DIGITS.margin), rounded(stderr, DIGITS.error)];
    }),
  };
}

function textsOf(
  views: Readonly<Record<string, readonly Written[]>>,
  verdicts: Readonly<Record<string, readonly string[]>>,
): SampleText[] {
  return Object.entries(views).flatMap(([view, texts]) =>
    texts.map(({ steps, draw, text, tokens, nfe }, at) => {
      const verdict = verdicts[view]?.[at];
      return { view, steps, draw, text, tokens, nfe, ...(verdict === undefined ? {} : { verdict }) };
    }),
  );
}

function laneOf({ response }: ItemRecord, question: StoredQuestion | undefined): [string, readonly number[]][] {
  if (response.kind !== 'answered' || question?.kind !== 'fill') return [];
  const [view] = question.views;
  const logprobs = response.views[view?.name ?? '']?.alternatives[0]?.tokenLogprobs;
  if (view === undefined || logprobs === undefined) return [];
  const answer = (view.alternatives[0] ?? []).map(({ text }) => text).join('');
  return [[wholeText(view.context, answer), logprobs]];
}

/** Most numbers of some runs are 0 or 1. */
const rounded = (x: number, digits: number): number => (x === 0 || x === 1 ? x : Number(x.toPrecision(digits)));

/** A loop, for it runs for every item of long runs. */
function mapValues<V, R>(record: Readonly<Partial<Record<string, V>>>, change: (value: V) => R): Record<string, R> {
  const changed: Record<string, R> = {};
  for (const key in record) {
    const value = record[key];
    if (value !== undefined) changed[key] = change(value);
  }
  return changed;
}

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
