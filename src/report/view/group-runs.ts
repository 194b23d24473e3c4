/** Which runs stand in one table cell, which are compared, and under which name. */

import { compareLists, groupBy } from '../../core/collect.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { digestOf } from '../../core/text/digest.ts';
import { modelKey, type RunColumns, stepsOfHeadline } from './run-columns.ts';
import { protocolText } from './run-facts.ts';

/** How every row of a report names the questions that it is about. */
export interface SetNames {
  /** Ten digits that tell the set from others; also an anchor on the page. */
  readonly key: string;
  readonly task: string;
  /** With the number of examples in front of each question, where there are any. */
  readonly protocol: string;
}

/** Runs that asked the same questions: one task version under one protocol, over the same rows, the same examples in front. */
export interface QuestionSet extends SetNames {
  readonly version: number;
  /** Data source, `fixture` for the built-in rows. */
  readonly source: string;
  readonly runs: readonly RunColumns[];
}

/** Real data first, then by task and protocol. */
export function questionSets(runs: readonly RunColumns[]): readonly QuestionSet[] {
  const order = ({ source, task, protocol }: QuestionSet) =>
    [source === 'fixture' ? '1' : '0', task, protocol].join('\n');
  return allSets(runs).sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function allSets(runs: readonly RunColumns[]): QuestionSet[] {
  return [...groupBy(runs, (run) => canonicalJson(questionOf(run)))].map(([key, group]) => {
    const [{ manifest }] = group as [RunColumns];
    const { task, dataset, settings } = manifest;
    return {
      key: digestOf(key).slice(0, 10),
      task: task.name,
      version: task.version,
      protocol: protocolText(settings),
      source: dataset.source,
      runs: group,
    };
  });
}

export const namesOf = ({ key, task, protocol }: QuestionSet): SetNames => ({ key, task, protocol });

const questionOf = ({ manifest: { task, dataset, settings } }: RunColumns) => ({
  task,
  digest: dataset.digest,
  source: dataset.source,
  protocol: settings.protocol,
  // Examples in front are a part of the questions; absent where there are none.
  ...(settings.shotsFrom === undefined ? {} : { shots: settings.shots, shotsFrom: settings.shotsFrom.digest }),
});

/** The run that stands for each model of a set, in the order in which the models come. A model read as two families is two. */
export function primaryRuns({ runs }: Pick<QuestionSet, 'runs'>): readonly RunColumns[] {
  return [...groupBy(runs, modelKey).values()].map(primaryOf);
}

/**
 * The run that stands for its model: the one over the most items. Of several, the one read in full attention, with the shift that most
 * have, written by the task's own sampler, at the largest T; of those the newest. Ties go to the first id.
 */
export function primaryOf(runs: readonly RunColumns[]): RunColumns {
  const isShifted = runs.filter(({ facts }) => facts.shift).length * 2 >= runs.length;
  const rank = (run: RunColumns): readonly number[] => [
    -run.facts.items,
    run.facts.family === 'diffusion' ? -run.facts.openFraction : 0,
    run.facts.shift === isShifted ? 0 : 1,
    run.facts.sampler === undefined ? 0 : 1,
    -(stepsOfHeadline(run) ?? 0),
    -Math.max(0, ...run.environment.sessions.map(({ started }) => Date.parse(started) || 0)),
  ];
  return [...runs].sort((a, b) => compareLists(rank(a), rank(b)) || (a.runId < b.runId ? -1 : 1))[0] as RunColumns;
}

/** For each diffusion model that stands in a set: its runs that differ in nothing but T, over one set of items; none where one T is all. */
export function stepRuns(set: Pick<QuestionSet, 'runs'>): readonly (readonly RunColumns[])[] {
  const groups = groupBy(set.runs, sameButSteps);
  const readings = primaryRuns(set).filter(({ facts }) => facts.family === 'diffusion');
  return readings.map((primary) => longest(groups.get(sameButSteps(primary)) ?? [])).filter(({ length }) => length > 0);
}

function sameButSteps({ manifest: { model, settings } }: RunColumns): string {
  return canonicalJson({ model, settings: { ...settings, steps: [] } });
}

/** Curves are over one set of items: the largest of which there are several T. */
function longest(runs: readonly RunColumns[]): readonly RunColumns[] {
  const counted = [...groupBy(runs, ({ facts }) => facts.items)].sort(([a], [b]) => b - a);
  return counted.find(([, group]) => stepsOf(group).length > 1)?.[1] ?? [];
}

/** Every T of these runs, ascending. */
export const stepsOf = (runs: readonly RunColumns[]): readonly number[] =>
  [...new Set(runs.flatMap(({ facts }) => facts.steps))].sort((a, b) => a - b);
