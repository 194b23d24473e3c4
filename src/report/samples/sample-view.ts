/** Question sets and what their runs keep, as the index and the chunks of the sample browser. */
import { deflateRawSync } from 'node:zlib';
import type { ItemTrace } from '../../core/trace.ts';
import { primaryRuns, type QuestionSet } from '../view/group-runs.ts';
import type { ReportRun } from '../view/report-run.ts';
import { type QuestionText, type RunSamples, wholeText } from './run-samples.ts';
import {
  OUTCOMES,
  SAMPLE_ELEMENTS,
  type SampleAnswer,
  type SampleIndex,
  type SampleModel,
  type SampleQuestion,
  type SampleSet,
  type SampleTrace,
} from './sample-data.ts';
import { sampleTrace } from './sample-trace.ts';
import { DETAILS, type Detail, thinAnswer } from './thin-answer.ts';

export interface SampleChunk {
  /** Of the element that holds it. */
  readonly id: string;
  /** Base64 of raw deflate of UTF-8 JSON. */
  readonly data: string;
}

export interface SampleBrowserView {
  readonly items: number;
  /** Names of models, in the order of the sets. */
  readonly models: readonly string[];
  readonly index: SampleIndex;
  readonly chunks: readonly SampleChunk[];
  /** What a reader must know is not there, a sentence each. */
  readonly notes: readonly string[];
}

/** Characters that all chunks may have together; the rest of 15 MB is for charts and tables. */
export const CHUNK_BUDGET = 12_500_000;
/** Of them, for denoising steps. */
const TRACE_BUDGET = 2_500_000;
const CHUNK_ITEMS = 128;

/** A run of a set with its samples, and the row of each item of the set in it. */
interface Column {
  readonly run: ReportRun;
  readonly samples: RunSamples;
  /** By item of the set; undefined where the run lacks it. */
  readonly rows: readonly (number | undefined)[];
}

interface Grid {
  readonly set: QuestionSet;
  readonly ids: readonly string[];
  readonly columns: readonly Column[];
}

/** @param samplesOf by run id. Of each model a set shows the run that stands for it in the tables. */
export function sampleBrowserView(
  sets: readonly QuestionSet[],
  samplesOf: ReadonlyMap<string, RunSamples>,
  budget = CHUNK_BUDGET,
): SampleBrowserView {
  const grids = sets.flatMap((set) => toGrid(set, samplesOf));
  const traces = traceChunks(grids, Math.min(TRACE_BUDGET, budget / 4));
  const questions = grids.flatMap(questionChunks);
  const room = budget - sizeOf(questions) - sizeOf(traces.chunks);
  const { chunks: answers, note } = fittingAnswers(grids, room);
  const index = { chunkItems: CHUNK_ITEMS, sets: grids.map((grid, at) => toSet(grid, traces.rows, at)) };
  return {
    items: grids.reduce((sum, { ids }) => sum + ids.length, 0),
    models: [...new Set(grids.flatMap(({ columns }) => columns.map(({ run }) => run.report.model)))],
    index,
    chunks: [{ id: SAMPLE_ELEMENTS.index, data: encodeChunk(index) }, ...questions, ...answers, ...traces.chunks],
    notes: [...textNotes(grids), ...traces.notes, ...(note === null ? [] : [note])],
  };
}

/** @returns base64 of raw deflate of UTF-8 JSON; halves of surrogate pairs survive as escapes */
export const encodeChunk = (value: unknown): string => encodeJson(JSON.stringify(value));
const encodeJson = (json: string): string => deflateRawSync(Buffer.from(json), { level: 6 }).toString('base64');

function toGrid(set: QuestionSet, samplesOf: ReadonlyMap<string, RunSamples>): Grid[] {
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

function toSet({ set, ids, columns }: Grid, traced: TracedRows, at: number): SampleSet {
  const { key, task, protocol, source } = set;
  const models = columns.map(({ run, samples, rows }, model): SampleModel => {
    return {
      name: run.report.model,
      family: run.report.family,
      outcomes: rows.map((row) => (row === undefined ? OUTCOMES.missing : samples.outcomes[row])).join(''),
      ranked: rankedBy(run),
      traced: traced.get(`${at} ${model}`) ?? [],
      tracedInStore: samples.traces.size,
    };
  });
  const hasText = columns.some(({ samples }) => samples.textProblem === null);
  return { key, task, protocol, source, ids, models, hasText };
}

/** The ranking behind `acc`; null where nothing is ranked. */
const rankedBy = ({ lead, ranked }: ReportRun): string | null => (lead === null ? null : ranked);

function questionChunks({ ids, columns }: Grid, set: number): SampleChunk[] {
  return chunked(ids).map((rows, chunk) => ({
    id: SAMPLE_ELEMENTS.questions(set, chunk),
    data: encodeJson(`[${rows.map((item) => questionJson(columns, item)).join(',')}]`),
  }));
}

/** JSON of a `SampleQuestion` or null, put together from the parts that runs keep. */
function questionJson(columns: readonly Column[], item: number): string {
  const texts = columns.flatMap(({ run, samples, rows }) => {
    const text = samples.questions[rows[item] ?? -1] ?? null;
    return text === null ? [] : [{ family: run.report.family, text }];
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

/** The answers with as much detail as there is room for. */
function fittingAnswers(grids: readonly Grid[], room: number): { chunks: readonly SampleChunk[]; note: string | null } {
  let chunks: readonly SampleChunk[] = [];
  for (const detail of DETAILS) {
    chunks = grids.flatMap((grid, set) => answerChunks(grid, set, detail));
    if (sizeOf(chunks) <= room) return { chunks, note: detail.note };
  }
  return { chunks, note: DETAILS.at(-1)?.note ?? null };
}

function answerChunks({ ids, columns }: Grid, set: number, detail: Detail): SampleChunk[] {
  return columns.flatMap(({ run, samples, rows }, model) => {
    const json = (item: number): string => {
      const stored = samples.answers[rows[item] ?? -1];
      if (stored === undefined || detail === DETAILS[0]) return stored ?? 'null';
      return JSON.stringify(thinAnswer(JSON.parse(stored), detail, rankedBy(run)));
    };
    return chunked(ids).map((items, chunk) => ({
      id: SAMPLE_ELEMENTS.answers(set, model, chunk),
      data: encodeJson(`[${items.map(json).join(',')}]`),
    }));
  });
}

/** `set model` -> items whose steps are in the page. */
type TracedRows = ReadonlyMap<string, readonly number[]>;

interface TraceChunks {
  readonly chunks: readonly SampleChunk[];
  readonly rows: TracedRows;
  readonly notes: readonly string[];
}

/** The steps of the first items of every run, in turn, as far as there is room. */
function traceChunks(grids: readonly Grid[], room: number): TraceChunks {
  const wanted = grids.flatMap((grid, set) =>
    grid.columns.flatMap((column, model) =>
      grid.ids.flatMap((id, item) => {
        const trace = column.samples.traces.get(id);
        return trace === undefined || trace.texts.length === 0 ? [] : [{ grid, column, set, model, item, trace }];
      }),
    ),
  );
  const chunks: SampleChunk[] = [];
  const rows = new Map<string, number[]>();
  let used = 0;
  for (const { grid, column, set, model, item, trace } of [...wanted].sort((a, b) => a.item - b.item)) {
    const data = encodeChunk(tracesOf(trace, grids, column, grid.ids[item] as string));
    if (used + data.length > room) continue;
    used += data.length;
    chunks.push({ id: SAMPLE_ELEMENTS.trace(set, model, item), data });
    const key = `${set} ${model}`;
    rows.set(key, [...(rows.get(key) ?? []), item]);
  }
  const left = wanted.length - chunks.length;
  const note = `The page has the denoising steps of ${chunks.length} of ${wanted.length} traced items; bench show RUN ITEM --trace prints the others.`;
  return { chunks, rows, notes: left === 0 ? [] : [note] };
}

function tracesOf(trace: ItemTrace, grids: readonly Grid[], { samples }: Column, id: string): SampleTrace[] {
  const row = samples.rows.get(id) as number;
  const { texts = [] }: SampleAnswer = JSON.parse(samples.answers[row] as string);
  const question = samples.questions[row];
  const views: SampleQuestion['asked'][number]['views'] = question == null ? [] : JSON.parse(question.views);
  return trace.texts.map((text) => {
    const written = texts.find(
      ({ view, steps, draw }) => view === text.view && steps === text.steps && draw === text.draw,
    );
    const context = views.find(({ name }) => name === text.view)?.context;
    const key = written === undefined || context === undefined ? null : wholeText(context, written.text);
    return sampleTrace(text, key === null ? null : laneOf(key, grids));
  });
}

function laneOf(key: string, grids: readonly Grid[]): SampleTrace['lane'] {
  for (const { run, samples } of grids.flatMap(({ columns }) => columns)) {
    const logprobs = samples.lanes.get(key);
    if (logprobs !== undefined) return { model: run.report.model, logprobs };
  }
  return null;
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

const sizeOf = (chunks: readonly SampleChunk[]): number => chunks.reduce((sum, { data }) => sum + data.length, 0);
