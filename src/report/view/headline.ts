/** The first table: a task a row, models side by side, and what a model reaches that knows nothing. */

import { groupBy } from '../../core/collect.ts';
import type { Estimate } from '../../core/estimate.ts';
import type { ModelIdentity } from '../../core/manifest.ts';
import { heldUnder } from '../../metrics/exact-counterpart.ts';
import { besideHeadline } from '../../metrics/headline-metric.ts';
import { floorsOf, type RowFloors } from './floors.ts';
import { namesOf, primaryOf, primaryRuns, type QuestionSet, type SetNames } from './group-runs.ts';
import { isBound } from './metric-text.ts';
import { readingParts, readingText } from './readings.ts';
import { modelKey, type RunColumns, stepsOfHeadline } from './run-columns.ts';
import type { RunFacts } from './run-facts.ts';

/** Beside the headline, where any run has them. */
const ALSO = ['bitsPerByte', 'exactBitsPerByte', 'accExact', 'slack'];

export interface ReportModel extends Pick<ModelIdentity, 'family' | 'architecture' | 'parameters' | 'weightsDigest'> {
  /** Of the column: `model`, and where there are several of that name what its reading is. */
  readonly name: string;
  /** As typed by whoever made the run. */
  readonly model: string;
  /** `attention 1, shift on`; empty for an autoregressive model. */
  readonly reading: string;
}

export interface HeadlineCell
  extends Pick<RunFacts, 'model' | 'family' | 'items' | 'unscored' | 'undecided' | 'status'> {
  readonly metric: string;
  /** null where no item has a score. */
  readonly estimate: Estimate | null;
  /** An upper bound of what the metric's name says. */
  readonly isBound: boolean;
  /** Denoising steps that the value is of; null where it depends on none. */
  readonly steps: number | null;
  readonly runId: string;
}

export interface HeadlineRow extends SetNames, RowFloors {
  readonly source: string;
  readonly metric: string;
  /** In the order of the view's models; null where a model has no run. */
  readonly cells: readonly (HeadlineCell | null)[];
}

/** The values of a row; null where there is none. */
export const estimatesOf = (cells: HeadlineRow['cells']): readonly (Estimate | null)[] =>
  cells.map((cell) => cell?.estimate ?? null);

/** What the table shows: a column a model, and the rows. */
export interface Headline {
  readonly models: readonly ReportModel[];
  readonly headline: readonly HeadlineRow[];
}

/** The runs' models, those of the autoregressive family first; names are of one reading each. */
export function modelsOf(sets: readonly QuestionSet[]): readonly ReportModel[] {
  const models = new Map<string, ReportModel>();
  for (const run of sets.flatMap(primaryRuns)) {
    const { name, family, architecture, parameters, weightsDigest } = run.manifest.model;
    const reading = readingText(run);
    const model = { name: run.facts.model, model: name, family, reading, architecture, parameters, weightsDigest };
    if (!models.has(model.name)) models.set(model.name, model);
  }
  const key = ({ family, name }: ReportModel) => `${family}\n${name}`;
  return [...models.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

export function headlineRows(sets: readonly QuestionSet[], models: readonly string[]): readonly HeadlineRow[] {
  return sets.flatMap((set) => {
    const primaries = primaryRuns(set);
    return shownMetrics(primaries).map((metric) => ({
      ...namesOf(set),
      source: set.source,
      metric,
      ...floorsOf(set, primaries, metric),
      cells: models.map((model) => {
        const run = primaries.find(({ facts }) => facts.model === model);
        return run === undefined ? null : toCell(run, metric);
      }),
    }));
  });
}

function shownMetrics(runs: readonly RunColumns[]): readonly string[] {
  const names = new Set(runs.flatMap(({ facts }) => Object.keys(facts.metrics)));
  const headlines = runs.map(({ facts }) => facts.headline);
  const beside = headlines.flatMap((headline) => besideHeadline(names, headline));
  return [...new Set([...headlines, ...ALSO.filter((name) => names.has(name)), ...beside])];
}

function toCell(run: RunColumns, metric: string): HeadlineCell {
  const { facts, runId } = run;
  const { model, family, items, unscored, undecided, status } = facts;
  const name = heldUnder(metric, family, (each) => each in facts.metrics) ?? metric;
  const value = { estimate: facts.metrics[name] ?? null, isBound: isBound(metric, family) };
  return { model, family, metric, ...value, items, unscored, undecided, status, steps: stepsOfHeadline(run), runId };
}

/** Share of empty cells that a part may have. */
const MOST_GAPS = 0.25;

export interface HeadlineBlock {
  /** Those with a run in one of the rows, in the order of the view. */
  readonly models: readonly ReportModel[];
  /** Cells in the order of `models`. */
  readonly rows: readonly HeadlineRow[];
}

interface Part {
  readonly rows: readonly HeadlineRow[];
  /** Places of models. */
  readonly places: readonly number[];
}

/** One part where gaps are few; else rows of like models are put together while gaps stay few. */
export function headlineBlocks({ models, headline }: Headline): readonly HeadlineBlock[] {
  const whole = partOf(headline);
  const parts = gapsOf(whole) <= MOST_GAPS ? [whole] : joined(byTask(headline));
  return parts.map(({ rows, places }) => ({
    models: places.flatMap((at) => models[at] ?? []),
    rows: rows.map((row) => ({ ...row, cells: places.map((at) => row.cells[at] ?? null) })),
  }));
}

/** Rows of one task under one protocol are never parted. */
function byTask(rows: readonly HeadlineRow[]): Part[] {
  const keys = [...new Set(rows.map(({ key }) => key))];
  return keys.map((key) => partOf(rows.filter((row) => row.key === key)));
}

function partOf(rows: readonly HeadlineRow[]): Part {
  const has = (cells: readonly (HeadlineCell | null)[]) => cells.flatMap((cell, at) => (cell === null ? [] : [at]));
  return { rows, places: [...new Set(rows.flatMap(({ cells }) => has(cells)))].sort((a, b) => a - b) };
}

function gapsOf({ rows, places }: Part): number {
  const gaps = rows.reduce((sum, { cells }) => sum + places.filter((at) => cells[at] === null).length, 0);
  return gaps / Math.max(1, rows.length * places.length);
}

/** The two that leave the fewest gaps are joined, again and again. */
function joined(parts: Part[]): Part[] {
  for (let left = parts; ; ) {
    const pairs = left.flatMap((a, i) =>
      left.slice(i + 1).map((b) => ({ a, b, both: partOf([...a.rows, ...b.rows]) })),
    );
    const [best] = pairs.map((pair) => ({ ...pair, gaps: gapsOf(pair.both) })).sort((x, y) => x.gaps - y.gaps);
    if (best === undefined || best.gaps > MOST_GAPS) return left;
    left = left.flatMap((part) => (part === best.b ? [] : part === best.a ? [best.both] : [part]));
  }
}

export interface LeftOutRun extends SetNames {
  readonly model: string;
  readonly items: number;
  readonly runId: string;
  /** What tells it from the run that is shown, beside its name: `n 5 instead of 30`, `seed 1`. */
  readonly because: string;
  /** The run that is shown. */
  readonly shown: string;
}

/** Runs that stand in no cell of the first table, each with the run that does in its place. */
export function leftOutRuns(sets: readonly QuestionSet[]): readonly LeftOutRun[] {
  return sets.flatMap((set) =>
    [...groupBy(set.runs, modelKey).values()].flatMap((group) => {
      const shown = primaryOf(group);
      return group
        .filter((run) => run !== shown)
        .map((run) => ({
          ...namesOf(set),
          model: run.facts.model,
          items: run.facts.items,
          runId: run.runId,
          because: because(run, shown),
          shown: shown.runId,
        }));
    }),
  );
}

function because(run: RunColumns, shown: RunColumns): string {
  const [mine, theirs] = [run.facts, shown.facts];
  const [T, other] = [stepsOfHeadline(run), stepsOfHeadline(shown)];
  const differs = [
    ...(mine.items === theirs.items ? [] : [`n ${mine.items} instead of ${theirs.items}`]),
    ...readingParts(run).filter((part) => !readingParts(shown).includes(part) && !mine.model.includes(part)),
    ...(T === other ? [] : [`T = ${T ?? 'one a token'}`]),
    ...(mine.seed === theirs.seed ? [] : [`seed ${mine.seed}`]),
    ...(mine.passes === theirs.passes ? [] : [`up to ${mine.passes} passes`]),
    ...(mine.engine === theirs.engine ? [] : [mine.engine]),
  ];
  return differs.length === 0 ? 'older' : differs.join(', ');
}
