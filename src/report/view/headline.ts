/** The first table: a task a row, models side by side, and what a model reaches that knows nothing. */
import type { Estimate } from '../../core/estimate.ts';
import type { Family } from '../../core/question.ts';
import type { Fraction } from '../../core/units.ts';
import { primaryRuns, type QuestionSet } from './group-runs.ts';
import { isBound } from './metric-text.ts';
import type { ReportRun } from './run-columns.ts';

const BITS = 'bitsPerByte';

export interface HeadlineCell {
  readonly model: string;
  readonly family: Family;
  readonly metric: string;
  /** null where no item has a score. */
  readonly estimate: Estimate | null;
  /** An upper bound of what the metric's name says. */
  readonly isBound: boolean;
  readonly items: number;
  readonly unscored: number;
  readonly undecided: number;
  readonly status: 'completed' | 'interrupted';
  readonly runId: string;
}

export interface HeadlineRow {
  readonly key: string;
  readonly task: string;
  readonly protocol: string;
  readonly source: string;
  readonly metric: string;
  readonly chance: Fraction | null;
  readonly emptyCompletion: Fraction | null;
  /** In the order of the view's models; null where a model has no run. */
  readonly cells: readonly (HeadlineCell | null)[];
}

export function headlineRows(sets: readonly QuestionSet[], models: readonly string[]): readonly HeadlineRow[] {
  return sets.flatMap((set) => {
    const primaries = primaryRuns(set);
    const { chance = null, emptyCompletion = null } = primaries[0]?.facts ?? {};
    return shownMetrics(primaries).map((metric) => ({
      key: set.key,
      task: set.task,
      protocol: set.protocol,
      source: set.source,
      metric,
      chance: metric.startsWith('acc') ? chance : null,
      emptyCompletion: metric.startsWith('acc') ? emptyCompletion : null,
      cells: models.map((model) => {
        const run = primaries.find(({ report }) => report.model === model);
        return run === undefined ? null : toCell(run, metric);
      }),
    }));
  });
}

function shownMetrics(runs: readonly ReportRun[]): readonly string[] {
  const also = runs.some(({ report }) => BITS in report.metrics) ? [BITS] : [];
  return [...new Set([...runs.map(({ report }) => report.headline), ...also])];
}

function toCell({ report, runId }: ReportRun, metric: string): HeadlineCell {
  const { model, family, items, unscored, undecided, status } = report;
  return {
    model,
    family,
    metric,
    estimate: report.metrics[metric] ?? null,
    isBound: isBound(metric, family),
    items,
    unscored,
    undecided,
    status,
    runId,
  };
}
