/** Which denoising steps the page has, and the left-to-right log-probabilities beside them. */
import type { ItemTrace, TextTrace } from '../../core/trace.ts';
import { orderCorrelation } from '../../metrics/planning.ts';
import { type Column, type Grid, wholeText } from './item-texts.ts';
import { encodeChunk, type SampleChunk } from './sample-chunk.ts';
import {
  SAMPLE_ELEMENTS,
  type SampleAnswer,
  type SampleQuestion,
  type SampleTrace,
  type SampleTraceStep,
} from './sample-data.ts';

/** `set model` -> items whose steps are in the page. */
export type TracedRows = ReadonlyMap<string, readonly number[]>;

interface TraceChunks {
  readonly chunks: readonly SampleChunk[];
  readonly rows: TracedRows;
  readonly notes: readonly string[];
}

/** The steps of the first items of every run, in turn, as far as there is room: `room` characters. */
export async function traceChunks(grids: readonly Grid[], room: number): Promise<TraceChunks> {
  const wanted = grids.flatMap((grid, set) =>
    grid.columns.flatMap((column, model) =>
      grid.ids.flatMap((id, item) => {
        const trace = column.samples.traces.get(id);
        // Where records are damaged, traces can be there without them.
        const isScored = column.rows[item] !== undefined;
        return trace === undefined || trace.texts.length === 0 || !isScored
          ? []
          : { grid, column, set, model, item, trace };
      }),
    ),
  );
  const chunks: SampleChunk[] = [];
  const rows = new Map<string, number[]>();
  let used = 0;
  for (const { grid, column, set, model, item, trace } of [...wanted].sort((a, b) => a.item - b.item)) {
    const data = await encodeChunk(tracesOf(trace, grids, column, grid.ids[item] as string));
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
    if (logprobs !== undefined) return { model: run.facts.model, logprobs };
  }
  return null;
}

/** @param lane of the same text by a left-to-right model, where a record has it */
function sampleTrace(text: TextTrace, lane: SampleTrace['lane']): SampleTrace {
  const { view, steps, draw, maskable, context, path, pieces } = text;
  const placeOf = new Map(maskable.map((position, place) => [position, place]));
  const places = (positions: readonly number[]) => positions.map((position) => placeOf.get(position) as number);
  const ids = Object.keys(pieces);
  const pieceOf = new Map(ids.map((id, at) => [Number(id), at]));
  return {
    view,
    steps,
    draw,
    before: context.before,
    after: context.after,
    positions: maskable,
    pieces: ids.map((id) => pieces[id] as string),
    path: path.map(
      ({ remaining, positions, tokens, confidences, revealed }): SampleTraceStep => ({
        remaining,
        places: places(positions),
        tokens: tokens.map((token) => pieceOf.get(token) as number),
        permille: confidences.map((confidence) => Math.round(1000 * Math.exp(confidence))),
        revealed: places(revealed),
      }),
    ),
    rankCorrelation: orderCorrelation(text),
    lane,
  };
}
