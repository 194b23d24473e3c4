/** What a reader must know before using a number of the report. */
import { groupBy } from '../../core/collect.ts';
import { dataWarnings, scoringWarnings } from '../terminal/run-notes.ts';
import { primaryRuns, questionSets } from './group-runs.ts';
import type { RunColumns } from './run-columns.ts';
import { protocolText, type RunFacts } from './run-facts.ts';

export interface ReportWarning {
  /** `data`: what was scored; `run`: how it went; `software`: which program computed it; `model`: which weights. */
  readonly about: 'data' | 'run' | 'software' | 'model';
  readonly text: string;
}

export interface UnreadableRun {
  readonly folder: string;
  readonly reason: string;
}

export const leftOutText = ({ folder, reason }: UnreadableRun): string =>
  `${folder} is left out, for it cannot be read: ${reason}`;

export function reportWarnings(
  runs: readonly RunColumns[],
  unreadable: readonly UnreadableRun[],
): readonly ReportWarning[] {
  const about = (kind: ReportWarning['about'], texts: readonly string[]) =>
    [...new Set(texts)].map((text) => ({ about: kind, text }));
  const leftOut = unreadable.map(leftOutText);
  return [
    ...about('run', leftOut),
    ...about('data', dataWarnings(runs.map(({ facts }) => facts))),
    ...about('run', scoringWarnings(named(runs))),
    ...about('run', runs.flatMap(resumed)),
    ...about('model', severalWeights(runs)),
    ...about('software', [...changedSources(runs), ...severalVersions(runs)]),
  ];
}

/**
 * The runs' reports with the protocol in the task's name, where a task was run under several; only of runs that stand in the
 * first table is it told which answers are open, for other readings of a model would repeat it many times.
 */
function named(runs: readonly RunColumns[]): readonly RunFacts[] {
  const shown = new Set(questionSets(runs).flatMap(primaryRuns));
  const protocols = groupBy(runs, ({ facts }) => facts.task);
  return runs.map((run) => {
    const { facts } = run;
    const several = new Set(protocols.get(facts.task)?.map((other) => protocolText(other.facts))).size > 1;
    const task = several ? `${facts.task} (${protocolText(facts)})` : facts.task;
    return shown.has(run) ? { ...facts, task } : { ...facts, task, undecided: 0, crossing: 0 };
  });
}

function resumed({ facts, environment }: RunColumns): string[] {
  const { length } = environment.sessions;
  if (length === 0)
    return [`${facts.task}, ${facts.model}: no session is stored, so that times and machine are unknown`];
  return length === 1 ? [] : [`${facts.task}, ${facts.model}: computed in ${length} sessions (resumed)`];
}

/** One name must not stand for two sets of weights, for tables go by names. */
function severalWeights(runs: readonly RunColumns[]): string[] {
  return [...groupBy(runs, ({ manifest }) => manifest.model.name)].flatMap(([model, group]) => {
    const digests = new Set(group.map(({ manifest }) => manifest.model.weightsDigest));
    return digests.size === 1 ? [] : [`${model} names ${digests.size} different sets of weights; see Provenance`];
  });
}

function changedSources(runs: readonly RunColumns[]): string[] {
  const changed = runs.filter(({ environment }) =>
    environment.sessions.some(({ machine }) => machine.gitRevision?.endsWith('+changes')),
  );
  return changed.length === 0
    ? []
    : [`${changed.length} of ${runs.length} runs were computed by a program with uncommitted changes`];
}

function severalVersions(runs: readonly RunColumns[]): string[] {
  const machines = runs.flatMap(({ environment }) => environment.sessions.map(({ machine }) => machine));
  const engines = new Set(machines.flatMap((machine) => Object.values(machine.engines)));
  const hosts = new Set(machines.map(({ host, cpu }) => `${host} ${cpu}`));
  return [
    ...(engines.size > 1 ? [`several engines or versions computed these runs: ${[...engines].join(', ')}`] : []),
    ...(hosts.size > 1 ? [`${hosts.size} machines computed these runs; times compare within a machine only`] : []),
  ];
}
