/** Question sets and what their runs keep, as the index and the chunks of the sample browser. */

import { shortNames } from '../terminal/model-names.ts';
import { primaryRuns, type QuestionSet } from '../view/group-runs.ts';
import { modelsOf } from '../view/headline.ts';
import { charactersOf, type FittingChunks, fittingChunks, type LevelledChunk } from './fitting-chunks.ts';
import { type Column, type Grid, type ItemTexts, NO_TEXT, type QuestionText } from './item-texts.ts';
import { encodeChunk, type SampleBrowserView } from './sample-chunk.ts';
import { OUTCOMES, SAMPLE_ELEMENTS, type SampleModel, type SampleSet } from './sample-data.ts';
import { DETAILS, type Detail, ELSEWHERE, LEFT_OUT, QUESTION_LENGTHS, thinAnswer, thinQuestion } from './thin.ts';
import { type TracedRows, traceChunks } from './trace-chunks.ts';

/** Characters that all chunks may have together; the rest of 15 MB is for charts and tables. */
export const CHUNK_BUDGET = 13_000_000;
/** Of them, for denoising steps. */
const TRACE_BUDGET = 2_500_000;
/** Share of the rest that questions may take. */
const QUESTION_SHARE = 0.6;
const CHUNK_ITEMS = 128;

/** @param samplesOf by run id. Of each model a set shows the run that stands for it in the tables. */
export async function sampleBrowserView(
  sets: readonly QuestionSet[],
  samplesOf: ReadonlyMap<string, ItemTexts>,
  budget = CHUNK_BUDGET,
): Promise<SampleBrowserView> {
  const grids = sets.flatMap((set) => toGrid(set, samplesOf));
  const traces = await traceChunks(grids, Math.min(TRACE_BUDGET, budget / 4));
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
  const contents = { id: SAMPLE_ELEMENTS.index, data: await encodeChunk(index) };
  const room = budget - charactersOf([contents, ...traces.chunks]);
  const questions = await fittingChunks(grids.flatMap(questionChunks), QUESTION_LENGTHS, QUESTION_SHARE * room);
  const answers = await fittingChunks(grids.flatMap(answerChunks), DETAILS, room - charactersOf(questions.chunks));
  return {
    items: grids.reduce((sum, { ids }) => sum + ids.length, 0),
    models,
    index,
    chunks: [contents, ...questions.chunks, ...answers.chunks, ...traces.chunks],
    notes: [...textNotes(grids), ...traces.notes, ...spaceNotes(questions, answers)],
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

/** Entries are JSON of a `SampleQuestion`, or null; levels are longest texts. */
function questionChunks({ ids, columns }: Grid, set: number): LevelledChunk<number>[] {
  return chunked(ids).map((rows, chunk) => ({
    id: SAMPLE_ELEMENTS.questions(set, chunk),
    at: chunk,
    items: rows.length,
    entries: (longest) => rows.map((item) => questionJson(columns, item, longest)),
  }));
}

/** Put together from the parts that runs keep. */
function questionJson(columns: readonly Column[], item: number, longest: number): string {
  const texts = columns.flatMap(({ run, samples, rows }) => {
    const text = samples.questions[rows[item] ?? -1] ?? null;
    return text === null ? [] : [{ family: run.facts.family, text: thinQuestion(text, longest) }];
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

/** Entries are JSON of a `SampleAnswer`, or null. */
function answerChunks({ ids, columns }: Grid, set: number): LevelledChunk<Detail>[] {
  return columns.flatMap(({ run, samples, rows }, model) => {
    const json = (item: number, detail: Detail): string => {
      const stored = samples.answers[rows[item] ?? -1];
      if (stored === undefined || detail === DETAILS[0]) return stored ?? 'null';
      return JSON.stringify(thinAnswer(JSON.parse(stored), detail, run.ranked));
    };
    return chunked(ids).map((items, chunk) => ({
      id: SAMPLE_ELEMENTS.answers(set, model, chunk),
      at: chunk,
      items: items.length,
      entries: (detail: Detail) => items.map((item) => json(item, detail)),
    }));
  });
}

function textNotes(grids: readonly Grid[]): string[] {
  return grids.flatMap(({ set, columns }) => {
    const withoutText = columns.flatMap(({ samples }) => samples.textProblem ?? []);
    const withoutTraces = columns.flatMap(({ samples }) => samples.traceProblem ?? []);
    // What an earlier version did not store matters where no other run of the set has it; damage always does.
    const isMissing = withoutText.length === columns.length;
    const problems = [...withoutText.filter((problem) => isMissing || problem !== NO_TEXT), ...withoutTraces];
    return [...new Set(problems)].map((problem) => `${set.task} (${set.protocol}): ${problem}.`);
  });
}

/** What is not there for want of room. */
function spaceNotes(questions: FittingChunks<number>, answers: FittingChunks<Detail>): string[] {
  const cut = `${LEFT_OUT} texts of questions are cut to ${questions.level} characters; ${ELSEWHERE}`;
  const missing = (count: number, what: string) =>
    count === 0 ? [] : [`${LEFT_OUT} ${what} of ${count.toLocaleString('en')} items are left out; ${ELSEWHERE}`];
  return [
    ...(Number.isFinite(questions.level) ? [cut] : []),
    ...missing(questions.leftOut, 'the questions'),
    ...(answers.level.note === null ? [] : [answers.level.note]),
    ...missing(answers.leftOut, 'the answers'),
  ];
}

function chunked(ids: readonly string[]): number[][] {
  const items = [...ids.keys()];
  return Array.from({ length: Math.ceil(ids.length / CHUNK_ITEMS) }, (_, chunk) =>
    items.slice(chunk * CHUNK_ITEMS, (chunk + 1) * CHUNK_ITEMS),
  );
}
