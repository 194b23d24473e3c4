/** Everything that a report says, as plain values: what the page, Markdown and CSV spell, and JSON prints. */
import { type ComparedCurves, comparedCurves } from '../charts/compared-curves.ts';
import { type PlanningRow, planningRows } from '../charts/planning.ts';
import { type SamplerFrontier, samplerFrontiers } from '../charts/sampler-frontier.ts';
import { type SamplerPreferences, samplerPreferences } from '../charts/sampler-preferences.ts';
import { PUBLISHED_TABLES } from '../published/index.ts';
import type { NamedModel } from '../terminal/model-names.ts';
import { type ToldRun, toldRuns } from '../told/told-rows.ts';
import { type AblationCard, ablationCards } from './ablations.ts';
import { type ConformanceTable, conformanceTable } from './conformance.ts';
import { type StepCurve, stepCurves } from './curves.ts';
import { primaryRuns, questionSets } from './group-runs.ts';
import { type Headline, headlineRows, type LeftOutRun, leftOutRuns, modelsOf } from './headline.ts';
import { type NoiseRow, noiseRows } from './noise.ts';
import { type BracketRow, bracketRows, type PairRow, pairRows } from './pairs.ts';
import { type ProvenanceRow, provenanceRows } from './provenance/provenance.ts';
import { withReadings } from './readings.ts';
import type { RunColumns } from './run-columns.ts';
import { type SpeedRow, speedRows } from './speed.ts';
import { type ReportWarning, reportWarnings, type UnreadableRun } from './warnings.ts';

export const REPORT_FORMAT = 'bench-report/1';

export interface ReportView extends Headline {
  readonly format: typeof REPORT_FORMAT;
  readonly tasks: readonly string[];
  readonly runs: number;
  /** When the youngest session began, ISO 8601; null where no time is stored. Reports carry no time of their own. */
  readonly latest: string | null;
  /** Runs that no cell of `headline` shows. */
  readonly leftOut: readonly LeftOutRun[];
  readonly pairs: readonly PairRow[];
  /** Of diffusion models whose likelihood is bounded from both sides. */
  readonly brackets: readonly BracketRow[];
  readonly curves: readonly StepCurve[];
  /** Of runs that weigh answers under deterministic samplers. */
  readonly preferences: readonly SamplerPreferences[];
  /** Of models whose texts were written by several samplers. */
  readonly frontiers: readonly SamplerFrontier[];
  /** How texts came about, where runs kept their steps. */
  readonly planning: readonly PlanningRow[];
  /** Several models over T on the same items. */
  readonly compared: readonly ComparedCurves[];
  /** Of runs whose questions were asked in several ways. */
  readonly told: readonly ToldRun[];
  readonly ablations: readonly AblationCard[];
  readonly noise: readonly NoiseRow[];
  readonly speed: readonly SpeedRow[];
  readonly conformance: readonly ConformanceTable[];
  readonly warnings: readonly ReportWarning[];
  readonly provenance: readonly ProvenanceRow[];
}

export interface ReportInputs {
  readonly runs: readonly RunColumns[];
  /** Folders that hold a run which cannot be read. */
  readonly unreadable: readonly UnreadableRun[];
}

export function toReportView({ runs: found, unreadable }: ReportInputs): ReportView {
  const runs = reportRuns(found);
  const sets = questionSets(runs);
  const models = modelsOf(sets);
  const names = models.map(({ name }) => name);
  return {
    format: REPORT_FORMAT,
    models,
    tasks: [...new Set(runs.map(({ facts }) => facts.task))],
    runs: runs.length,
    latest: latestOf(runs),
    headline: headlineRows(sets, names),
    leftOut: leftOutRuns(sets),
    pairs: pairRows(sets),
    brackets: bracketRows(sets),
    curves: stepCurves(sets),
    preferences: samplerPreferences(sets),
    frontiers: samplerFrontiers(sets),
    planning: planningRows(sets),
    compared: comparedCurves(sets),
    told: toldRuns(sets),
    ablations: ablationCards(sets),
    noise: noiseRows(sets),
    speed: speedRows(runs),
    conformance: PUBLISHED_TABLES.map((table) => conformanceTable(table, runs)),
    warnings: reportWarnings(runs, unreadable),
    provenance: provenanceRows(runs),
  };
}

/** The models of all runs, of those too that no table's column shows. */
export const namedModels = ({ provenance }: Pick<ReportView, 'provenance'>): readonly NamedModel[] =>
  provenance.map(({ model: name, manifest }) => ({ name, model: manifest.model.name }));

/** Every run under a name that tells its reading, in the order of tables. */
export function reportRuns(found: readonly RunColumns[]): readonly RunColumns[] {
  const runs = inOrder(found);
  return inOrder(withReadings(runs, questionSets(runs).flatMap(primaryRuns)));
}

/** Autoregressive models first, as the reference of the others; then by task, protocol, name and id. */
function inOrder(runs: readonly RunColumns[]): readonly RunColumns[] {
  const key = ({ facts, runId }: RunColumns) =>
    [facts.usedFixtures ? '1' : '0', facts.family, facts.task, facts.protocol, facts.model, runId].join('\n');
  return [...runs].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function latestOf(runs: readonly RunColumns[]): string | null {
  const times = runs.flatMap(({ environment }) => environment.sessions.map(({ started }) => started));
  return times.sort().at(-1) ?? null;
}
