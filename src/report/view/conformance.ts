/** Our numbers beside the published ones: how far apart in standard errors, and why. */
import { compareLists } from '../../core/collect.ts';
import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { isBounded } from '../../metrics/metric-spec.ts';
import { chanceOf } from '../../metrics/voted-answer.ts';
import { QUIRKS, type Quirk } from '../published/quirks.ts';
import type { PublishedColumn, PublishedRow, PublishedTable } from '../published/table.ts';
import type { RunColumns } from './run-columns.ts';

/** Standard errors within which two values count as the same. */
export const MATCHES_WITHIN = 2;

const VERDICTS = ['matches', 'explained', 'unexplained', 'weights not public', 'not run', 'smoke'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** As tables and pages say it. */
export const verdictText = (verdict: Verdict): string => (verdict === 'weights not public' ? 'not published' : verdict);

export interface ConformanceCell {
  readonly row: string;
  readonly column: string;
  /** As printed; null where nothing was. */
  readonly printed: string | null;
  /** A share, or the printed number where it is none. */
  readonly published: number | null;
  readonly ours: Estimate | null;
  /** ours − published. */
  readonly difference: Fraction | null;
  /** The difference in combined standard errors of both values, taken as independent. */
  readonly standardErrors: number | null;
  /** null where nothing was printed. */
  readonly verdict: Verdict | null;
  /** Why: the protocol differences that explain it, or why there is no value of ours. */
  readonly reasons: readonly string[];
  readonly protocol: string | null;
  readonly runId: string | null;
}

export interface ConformanceTable extends Pick<PublishedTable, 'id' | 'title' | 'source' | 'notes'> {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly ConformanceCell[] }[];
  /** How many cells have each verdict. */
  readonly counts: Readonly<Record<Verdict, number>>;
}

/** Name in the catalog -> the model that stands in for it, on whatever rows: shows that all works, and says nothing of the article. */
export type StandIns = ReadonlyMap<string, string>;

/** @param standIns null: the published models alone, on the published data */
export function conformanceTable(
  table: PublishedTable,
  runs: readonly RunColumns[],
  standIns: StandIns | null = null,
): ConformanceTable {
  const { id, title, source, notes, columns } = table;
  const rows = table.rows.map((row) => ({
    name: row.name,
    cells: columns.map((column, at) => toCell(table, row, column, row.values[at] ?? null, runs, standIns)),
  }));
  const count = (verdict: Verdict) =>
    rows.flatMap(({ cells }) => cells).filter((cell) => cell.verdict === verdict).length;
  return {
    id,
    title,
    source,
    notes,
    columns: columns.map(({ name }) => name),
    rows,
    counts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, count(verdict)])) as Record<Verdict, number>,
  };
}

function toCell(
  table: PublishedTable,
  row: PublishedRow,
  column: PublishedColumn,
  printed: number | null,
  runs: readonly RunColumns[],
  standIns: StandIns | null,
): ConformanceCell {
  const published = printed === null ? null : printed / (column.unit === 'percent' ? 100 : 1);
  const cell = { row: row.name, column: column.name, printed: printed?.toFixed(column.digits) ?? null, published };
  if (published === null) return without(cell, null, []);
  const absent = whyAbsent(row, column);
  if (absent !== null) return without(cell, ...absent);
  const candidate = candidateRun(row, column, runs, standIns);
  const ours = candidate === null ? null : ourValue(candidate, row, column);
  if (candidate === null || ours === null) {
    const hasFixtures = runs.some((run) => run.facts.usedFixtures && asksFor(run, row, column, standIns));
    return without(cell, 'not run', hasFixtures ? ['scored on the built-in rows only, not on the published data'] : []);
  }
  const { protocol } = candidate.facts;
  const verdict = judged(table, row, column, published, ours, candidate);
  const shown = standIns === null ? verdict : { ...verdict, verdict: 'smoke' as const, reasons: [] };
  return { ...cell, ...shown, ours, protocol, runId: candidate.runId };
}

type Bare = Pick<ConformanceCell, 'row' | 'column' | 'printed' | 'published'>;

function without(cell: Bare, verdict: Verdict | null, reasons: readonly string[]): ConformanceCell {
  return { ...cell, ours: null, difference: null, standardErrors: null, verdict, reasons, protocol: null, runId: null };
}

function whyAbsent(row: PublishedRow, column: PublishedColumn): readonly [Verdict, readonly string[]] | null {
  const isTuned = column.isFineTuned && row.model !== 'diffullama-gsm';
  if (row.weights === 'other') return ['not run', ['the catalog of bench has no such model']];
  if (row.weights === 'unpublished' || isTuned) return ['weights not public', []];
  if (column.tasks.length === 0) return ['not run', ['no task of bench measures it']];
  return null;
}

/** The published model, read as its authors do: rows that state T are of diffusion models. */
const asksFor = (
  { facts, manifest }: RunColumns,
  row: PublishedRow,
  column: PublishedColumn,
  standIns: StandIns | null,
): boolean =>
  manifest.model.name === (standIns?.get(row.model ?? '') ?? row.model) &&
  column.tasks.includes(facts.task) &&
  (standIns !== null || row.hasShots === undefined || row.hasShots === (facts.shots ?? 0) > 0) &&
  (facts.family === 'diffusion') === (row.steps !== null);

/** On the published data, in the model's own reading; the paper's protocol before others, then the column's first task. */
function candidateRun(
  row: PublishedRow,
  column: PublishedColumn,
  runs: readonly RunColumns[],
  standIns: StandIns | null,
): RunColumns | null {
  const rank = ({ facts }: RunColumns) => [
    facts.protocol === 'paper' ? 0 : 1,
    ourMetric(facts, row, column) in facts.metrics ? 0 : 1,
    ourMetric(facts, row, column).endsWith(`@${row.steps}`) ? 0 : 1,
    column.tasks.indexOf(facts.task),
    -facts.items,
  ];
  const fit = runs.filter((run) => {
    const { usedFixtures, family, openFraction, shift } = run.facts;
    return (
      asksFor(run, row, column, standIns) &&
      (standIns !== null || !usedFixtures) &&
      (family === 'autoregressive' || (openFraction === 1 && shift))
    );
  });
  return [...fit].sort((a, b) => compareLists(rank(a), rank(b)))[0] ?? null;
}

/** The metric of row or column; else the published score at the row's T where it states one, else the headline at it, else the headline. */
function ourMetric(
  { metrics, headline }: Pick<RunColumns['facts'], 'metrics' | 'headline'>,
  { steps, metric: ofRow }: PublishedRow,
  { metric: ofColumn }: PublishedColumn,
): string {
  if (ofRow !== undefined) return ofRow;
  const shown = ofColumn ?? headline;
  const atSteps = [`accOfficial@${steps}`, `${shown}@${steps}`].find((name) => name in metrics);
  return atSteps ?? shown;
}

function ourValue({ facts }: RunColumns, row: PublishedRow, column: PublishedColumn): Estimate | null {
  const name = ourMetric(facts, row, column);
  return isBounded(name) ? (facts.metrics[name] ?? null) : null;
}

function judged(
  table: PublishedTable,
  row: PublishedRow,
  column: PublishedColumn,
  published: Fraction,
  ours: Estimate,
  run: RunColumns,
): Pick<ConformanceCell, 'difference' | 'standardErrors' | 'verdict' | 'reasons'> {
  const difference = ours.value - published;
  // Means were printed without an error: over as many texts theirs is about as large as ours.
  const theirs = column.items === null ? ours.stderr : Math.sqrt((published * (1 - published)) / column.items);
  const combined = Math.hypot(theirs, ours.stderr);
  const standardErrors = combined > 0 ? difference / combined : null;
  if (standardErrors !== null && Math.abs(standardErrors) <= MATCHES_WITHIN) {
    return { difference, standardErrors, verdict: 'matches', reasons: [...atChance(ours, row, run), ...partial(run)] };
  }
  const reasons = explanations(table.id, run);
  const verdict = reasons.length > 0 ? 'explained' : 'unexplained';
  return { difference, standardErrors, verdict, reasons: [...reasons, ...partial(run)] };
}

/** Differences between our run and the published procedure that can move this value. */
function explanations(table: string, { facts, manifest }: RunColumns): readonly string[] {
  const applies = ({ tasks, families, architecture, isEmulated, table: only }: Quirk) =>
    tasks.includes(facts.task) &&
    families.includes(facts.family) &&
    (only === null || only === table) &&
    (architecture === null || architecture === manifest.model.architecture) &&
    !(facts.protocol === 'paper' && isEmulated);
  const variant = facts.variant === null ? [] : [`data: ${facts.variant}`];
  return [...QUIRKS.filter(applies).map(({ id, text }) => `${id}: ${text}`), ...variant];
}

/** A match that says little: guessing would match, too. */
function atChance({ low, high }: Estimate, { metric = 'acc' }: PublishedRow, { facts }: RunColumns): readonly string[] {
  const chance = chanceOf(metric, facts.chance);
  return chance !== null && low <= chance && chance <= high ? ['not told apart from chance'] : [];
}

const partial = ({ facts, expectedItems, manifest }: RunColumns): readonly string[] =>
  manifest.limit === null && manifest.subset === undefined && facts.items === expectedItems
    ? []
    : [`over ${facts.items} of ${manifest.dataset.rows} items`];
