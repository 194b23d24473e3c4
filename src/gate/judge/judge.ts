/**
 * The gate. The model may differ; settings must match, and a baseline of other rows is stale. Each metric that is judged of a task, one or more,
 * gets one of three verdicts:
 *
 *   pass          the one-sided (1 − alpha) bound of the paired difference rules out a loss of the margin (non-inferiority)
 *   regression    else, a loss is shown: its one-sided p, corrected over tasks and metrics by Holm, is at most alpha
 *   inconclusive  else; with the number of items that would decide
 *
 * With equal models a regression is reported with probability alpha at most, over all of them together. A wrong pass (a loss of the
 * margin that is missed) has probability alpha for each, and for all to pass wrongly at once it is less (Berger 1982,
 * intersection-union tests), so that bound needs no correction.
 */
import { badArguments } from '../../core/errors.ts';
import { holm } from '../../stats/tests/holm.ts';
import { differencesOf } from '../measured/comparability.ts';
import { clusterNotes, matchRuns, type RunPair } from '../measured/match-runs.ts';
import { isCrossed, type Measured, modelOf, taskOf } from '../measured/measured.ts';
import { type GateDocument, type GuardCheck, overall } from './gate-document.ts';
import type { GateRules } from './gate-schema.ts';
import { environmentDifferences, guardPair, staleGuards } from './guard-pair.ts';
import { close, openChecks } from './judge-task.ts';

/**
 * @param notes what else is to be known of the runs, a sentence each
 * @throws HarnessError 'bad-arguments' on other settings, on metrics that are not there, or where nothing can be paired
 */
export function judge(
  baselines: readonly Measured[],
  candidates: readonly Measured[],
  rules: GateRules,
  notes: readonly string[] = [],
): GateDocument {
  const matched = matchRuns(baselines, candidates);
  for (const pair of matched.pairs) requireSameSettings(pair);
  const stale = matched.pairs.flatMap(staleGuards);
  const current = matched.pairs.filter((pair) => staleGuards(pair).length === 0);
  const open = current.flatMap((pair) => openChecks(pair, rules));
  const adjusted = holm(open.map(({ p }) => p));
  const checks = open.map((check, i) => close(check, adjusted[i] ?? 1, { alpha: rules.alpha, tests: open.length }));
  const guards = [
    ...uncovered(matched.onlyReference, 'the candidate has no run of it'),
    ...uncovered(unknownTasks(baselines, rules), 'a rule names it, but the baseline has no run of it'),
    ...stale,
    ...current.flatMap((pair) => guardPair(pair, rules)),
  ];
  return {
    format: 'bench-gate/1',
    verdict: overall([...checks, ...guards].map(({ verdict }) => verdict)),
    alpha: rules.alpha,
    baseline: sourcesOf(baselines),
    candidate: sourcesOf(candidates),
    checks,
    guards,
    warnings: [...matched.notes, ...warningsOf(current, matched.onlyCandidate, rules), ...notes],
  };
}

function requireSameSettings({ reference, candidate }: RunPair): void {
  const found = differencesOf(reference.manifest, candidate.manifest).filter(
    ({ name }) => name !== 'version' && name !== 'data',
  );
  if (found.length === 0) return;
  throw badArguments(
    `gate of ${taskOf(reference)}: expected the settings of the baseline, found ${found.map(({ text }) => text).join('; ')}`,
    'run the candidate with the settings of the baseline, or bless a run with the new ones',
  );
}

const uncovered = (tasks: readonly string[], reason: string): readonly GuardCheck[] =>
  tasks.map((task) => ({ guard: 'coverage', task, verdict: 'inconclusive', reason }));

function unknownTasks(baselines: readonly Measured[], { tasks }: GateRules): readonly string[] {
  const known = new Set(baselines.map(taskOf));
  return Object.keys(tasks).filter((task) => !known.has(task));
}

const sourcesOf = (runs: readonly Measured[]): string => [...new Set(runs.map(({ source }) => source))].join(', ');

function warningsOf(
  pairs: readonly RunPair[],
  onlyCandidate: readonly string[],
  { guards }: GateRules,
): readonly string[] {
  const environment = guards.environment === 'warn' ? pairs.flatMap(environmentDifferences) : [];
  const others = [...new Set(pairs.filter(isCrossed).map(({ candidate }) => modelOf(candidate)))].join(', ');
  const families = `${others}: of another family than the baseline; likelihoods of diffusion models are bounds`;
  const further = onlyCandidate.map((task) => `${task}: not judged, for the baseline has no run of it`);
  return [...new Set([...clusterNotes(pairs), ...environment, ...(others === '' ? [] : [families]), ...further])];
}
