/** Everything that a report says, as plain values: what the page, Markdown and CSV spell, and JSON prints. */
import { comparedCurves } from '../charts/compared-curves.ts';
import { planningRows } from '../charts/planning.ts';
import { samplerFrontiers } from '../charts/sampler-frontier.ts';
import { samplerPreferences } from '../charts/sampler-preferences.ts';
import { PUBLISHED_TABLES } from '../published/index.ts';
import type { NamedModel } from '../terminal/model-names.ts';
import { toldRuns } from '../told/told-rows.ts';
import { ablationCards } from './ablations.ts';
import { conformanceTable } from './conformance.ts';
import { stepCurves } from './curves.ts';
import { primaryRuns, questionSets } from './group-runs.ts';
import { headlineRows, leftOutRuns, modelsOf } from './headline.ts';
import { noiseRows } from './noise.ts';
import { bracketRows, pairRows } from './pairs.ts';
import { provenanceRows } from './provenance/provenance.ts';
import { withReadings } from './readings.ts';
import type { RunColumns } from './run-columns.ts';
import { speedRows } from './speed.ts';
import { reportWarnings, type UnreadableRun } from './warnings.ts';

export interface ReportInputs {
  readonly runs: readonly RunColumns[];
  /** Folders that hold a run which cannot be read. */
  readonly unreadable: readonly UnreadableRun[];
}

export type ReportView = Readonly<ReturnType<typeof toReportView>>;

export function toReportView({ runs: found, unreadable }: ReportInputs) {
  const runs = reportRuns(found);
  const sets = questionSets(runs);
  const models = modelsOf(sets);
  const names = models.map(({ name }) => name);
  return {
    format: 'bench-report/1' as const,
    models,
    tasks: [...new Set(runs.map(({ facts }) => facts.task))],
    runs: runs.length,
    /** When the youngest session began, ISO 8601; null where no time is stored. Reports carry no time of their own. */
    latest: latestOf(runs),
    headline: headlineRows(sets, names),
    /** Runs that no cell of `headline` shows. */
    leftOut: leftOutRuns(sets),
    pairs: pairRows(sets),
    /** Of diffusion models whose likelihood is bounded from both sides. */
    brackets: bracketRows(sets),
    curves: stepCurves(sets),
    /** Of runs that weigh answers under deterministic samplers. */
    preferences: samplerPreferences(sets),
    /** Of models whose texts were written by several samplers. */
    frontiers: samplerFrontiers(sets),
    /** How texts came about, where runs kept their steps. */
    planning: planningRows(sets),
    /** Several models over T on the same items. */
    compared: comparedCurves(sets),
    /** Of runs whose questions were asked in several ways. */
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
