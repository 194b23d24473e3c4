/** Question sets and what their runs keep, as the index and the chunks of the sample browser. */

import { shortNames } from '../terminal/short-names.ts';
import { primaryRuns, type QuestionSet } from '../view/group-runs.ts';
import { modelsOf } from '../view/headline.ts';
import type { ItemTexts, QuestionText } from './item-texts.ts';
import {
  encodeChunk,
  encodeChunks,
  type LooseChunk,
  type SampleBrowserView,
  type SampleChunk,
  sizeOf,
} from './sample-chunk.ts';
import { OUTCOMES, SAMPLE_ELEMENTS, type SampleModel, type SampleSet } from './sample-data.ts';
import type { Column, Grid } from './sample-grid.ts';
import { DETAILS, type Detail, thinAnswer } from './thin-answer.ts';
import { type TracedRows, traceChunks } from './trace-chunks.ts';

/** Characters that all chunks may have together; the rest of 15 MB is for charts and tables. */
export const CHUNK_BUDGET = 13_000_000;
/** Of them, for denoising steps. */
const TRACE_BUDGET = 2_500_000;
const CHUNK_ITEMS = 128;

/** @param samplesOf by run id. Of each model a set shows the run that stands for it in the tables. */
export async function sampleBrowserView(
  sets: readonly QuestionSet[],
  samplesOf: ReadonlyMap<string, ItemTexts>,
  budget = CHUNK_BUDGET,
): Promise<SampleBrowserView> {
  const grids = sets.flatMap((set) => toGrid(set, samplesOf));
  const traces = await traceChunks(grids, Math.min(TRACE_BUDGET, budget / 4));
  const questions = await encodeChunks(grids.flatMap(questionChunks));
  const room = budget - sizeOf(questions) - sizeOf(traces.chunks);
  const { chunks: answers, note } = await fittingAnswers(grids, room);
  const named = modelsOf(grids.map(({ set }) => set));
  const short = shortNames(named);
  const shownOf = (name: string) => short.get(name) ?? name;
  const models = named.map(({ name }) => name);
  const index = {
    chunkItems: CHUNK_ITEMS,
    sets: grids.map((grid, at) => toSet(grid, traces.rows, at, shownOf)),
    models,
    shown: models.map(shownOf),
  };
  return {
    items: grids.reduce((sum, { ids }) => sum + ids.length, 0),
    models,
    index,
    chunks: [{ id: SAMPLE_ELEMENTS.index, data: await encodeChunk(index) }, ...questions, ...answers, ...traces.chunks],
    notes: [...textNotes(grids), ...traces.notes, ...(note === null ? [] : [note])],
  };
}

function toGrid(set: QuestionSet, samplesOf: ReadonlyMap<string, ItemTexts>): Grid[] {
  const found = primaryRuns(set).flatMap((run) => {
    const samples = samplesOf.get(run.runId);
    return samples === undefined ? [] : [{ run, samples }];
  });
  const places = new Map(
    found.flatMap(({ run, samples }) => run.ids.map((id, row) => [id, samples.index[row] ?? 0] as const)),
  );
  const ids = [...places].sort(([, a], [, b]) => a - b).map(([id]) => id);
  const columns = found.map(({ run, samples }) => ({ run, samples, rows: ids.map((id) => samples.rows.get(id)) }));
  return columns.length === 0 ? [] : [{ set, ids, columns }];
}

function toSet(
  { set, ids, columns }: Grid,
  traced: TracedRows,
  at: number,
  shownOf: (name: string) => string,
): SampleSet {
  const { key, task, protocol, source } = set;
  const models = columns.map(({ run, samples, rows }, model): SampleModel => {
    return {
      name: run.facts.model,
      shown: shownOf(run.facts.model),
      family: run.facts.family,
      outcomes: rows.map((row) => (row === undefined ? OUTCOMES.missing : samples.outcomes[row])).join(''),
      ranked: run.ranked,
      traced: traced.get(`${at} ${model}`) ?? [],
      tracedInStore: samples.traces.size,
    };
  });
  const hasText = columns.some(({ samples }) => samples.textProblem === null);
  const writes = columns.some(({ samples }) => samples.writes);
  return { key, task, protocol, source, ids, models, hasText, writes };
}

function questionChunks({ ids, columns }: Grid, set: number): LooseChunk[] {
  return chunked(ids).map((rows, chunk) => ({
    id: SAMPLE_ELEMENTS.questions(set, chunk),
    json: () => `[${rows.map((item) => questionJson(columns, item)).join(',')}]`,
  }));
}

/** JSON of a `SampleQuestion` or null, put together from the parts that runs keep. */
function questionJson(columns: readonly Column[], item: number): string {
  const texts = columns.flatMap(({ run, samples, rows }) => {
    const text = samples.questions[rows[item] ?? -1] ?? null;
    return text === null ? [] : [{ family: run.facts.family, text }];
  });
  const first: QuestionText | undefined = texts[0]?.text;
  if (first === undefined) return 'null';
  const byViews = new Map<string, Set<string>>();
  for (const { family, text } of texts) {
    byViews.set(text.views, (byViews.get(text.views) ?? new Set()).add(family));
  }
  const asked = [...byViews].map(
    ([views, families]) => `{"families":${JSON.stringify([...families])},"views":${views}}`,
  );
  return `{${first.common},"asked":[${asked.join(',')}]}`;
}

/** The answers with as much detail as there is room for, judged by every sixteenth chunk. */
async function fittingAnswers(grids: readonly Grid[], room: number): Promise<FittingAnswers> {
  const wanted = grids.flatMap(answerChunks);
  const tried = wanted.filter((_, at) => at % TRIED === 0);
  const encode = (chunks: readonly AnswerChunk[], detail: Detail) =>
    encodeChunks(chunks.map(({ id, entries }) => ({ id, json: () => `[${entries(detail).join(',')}]` })));
  const fits = async (detail: Detail) =>
    (sizeOf(await encode(tried, detail)) * wanted.length) / Math.max(1, tried.length) <= room;
  let level = 0;
  while (level < DETAILS.length - 1 && !(await fits(DETAILS[level] as Detail))) level++;
  const detail = DETAILS[level] as Detail;
  return { chunks: await encode(wanted, detail), note: detail.note };
}

interface FittingAnswers {
  readonly chunks: readonly SampleChunk[];
  readonly note: string | null;
}

/** One chunk in so many is encoded to see how large all would be. */
const TRIED = 16;

interface AnswerChunk {
  readonly id: string;
  /** JSON of each item's `SampleAnswer`, or null. */
  entries(detail: Detail): readonly string[];
}

function answerChunks({ ids, columns }: Grid, set: number): AnswerChunk[] {
  return columns.flatMap(({ run, samples, rows }, model) => {
    const json = (item: number, detail: Detail): string => {
      const stored = samples.answers[rows[item] ?? -1];
      if (stored === undefined || detail === DETAILS[0]) return stored ?? 'null';
      return JSON.stringify(thinAnswer(JSON.parse(stored), detail, run.ranked));
    };
    return chunked(ids).map((items, chunk) => ({
      id: SAMPLE_ELEMENTS.answers(set, model, chunk),
      entries: (detail: Detail) => items.map((item) => json(item, detail)),
    }));
  });
}

function textNotes(grids: readonly Grid[]): string[] {
  return grids.flatMap(({ set, columns }) => {
    const problems = columns.flatMap(({ samples }) => samples.textProblem ?? []);
    if (problems.length < columns.length) return [];
    return [...new Set(problems)].map((problem) => `${set.task} (${set.protocol}): ${problem}.`);
  });
}

function chunked(ids: readonly string[]): number[][] {
  const items = [...ids.keys()];
  return Array.from({ length: Math.ceil(ids.length / CHUNK_ITEMS) }, (_, chunk) =>
    items.slice(chunk * CHUNK_ITEMS, (chunk + 1) * CHUNK_ITEMS),
  );
}
