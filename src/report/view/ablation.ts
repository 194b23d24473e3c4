/**
 * Stored diffusion runs that differ in how the model reads its input, as a grid: attention ratio by shift, each cell with
 * its paired difference to the reference. Numbers only; ablation-table.ts spells them.
 */
import { groupBy } from '../../core/collect.ts';
import type { Estimate } from '../../core/estimate.ts';
import { ABLATION_LABEL, type AblationCell, BITS } from './ablations.ts';
import { commonDifference, countTogether, itemValues, type StoredRecords } from './common-items.ts';
import type { RunFacts } from './run-facts.ts';

/** One metric of one model on one task. */
export interface Ablation extends Pick<RunFacts, 'model' | 'task' | 'protocol'> {
  readonly metric: string;
  /** By attention, then with the model's own shift first. */
  readonly cells: readonly AblationCell[];
}

export interface AblationDocument {
  readonly format: 'bench-ablation/1';
  readonly label: string;
  readonly ablations: readonly Ablation[];
  readonly runs: readonly RunFacts[];
}

export interface AblationRun {
  readonly stored: StoredRecords;
  readonly report: RunFacts;
  /** Full attention and the model's own shift. */
  readonly isReference: boolean;
}

/** What `bench ablate --json` prints, and its tables show. */
export function toAblationDocument(runs: readonly AblationRun[]): AblationDocument {
  const groups = groupBy(runs, ({ report: { model, task } }) => JSON.stringify([model, task]));
  const ablations = [...groups.values()].flatMap((group) =>
    shownMetrics(group).map((metric) => toAblation(metric, group)),
  );
  return {
    format: 'bench-ablation/1',
    label: ABLATION_LABEL,
    ablations,
    runs: runs.map(({ report }) => report),
  };
}

/** The headline, and bits per byte where an answer has them. */
function shownMetrics(group: readonly AblationRun[]): readonly string[] {
  const reports = group.map(({ report }) => report);
  const bits = reports.some(({ metrics }) => BITS in metrics) ? [BITS] : [];
  return [...new Set([...reports.slice(0, 1).map(({ headline }) => headline), ...bits])];
}

function toAblation(metric: string, group: readonly AblationRun[]): Ablation {
  const [{ report: first }] = group as readonly [AblationRun];
  const reference = group.find(({ isReference }) => isReference);
  const own = reference?.report.shift ?? true;
  const cells = group
    .map((run) => toCell(metric, run, reference))
    .sort((a, b) => a.openFraction - b.openFraction || Number(b.shift === own) - Number(a.shift === own));
  return { model: first.model, task: first.task, protocol: first.protocol, metric, cells };
}

function toCell(metric: string, run: AblationRun, reference: AblationRun | undefined): AblationCell {
  const { openFraction, shift, path, metrics } = run.report;
  const { isReference } = run;
  const difference = isReference || reference === undefined ? null : differenceTo(metric, run, reference);
  return { openFraction, shift, isReference, path, value: metrics[metric] ?? null, difference };
}

/** Items that only one of the two could score are left out of the difference, and counted. */
function differenceTo(metric: string, run: AblationRun, reference: AblationRun): Estimate | null {
  const values = ({ stored }: AblationRun) => itemValues(stored, metric);
  const ids = ({ stored }: AblationRun) => stored.records.map(({ id }) => id);
  return commonDifference(metric, values(run), values(reference), countTogether(ids(run), ids(reference)));
}
