/** The lines under a table: the settings that its numbers depend on, and everything that a reader must know of them. */

import { engineText } from '../../core/model.ts';
import type { Floor } from '../../core/task.ts';
import { isBounded } from '../../metrics/metric-spec.ts';
import { clusterNote } from '../../store/cluster-names.ts';
import { isBound, passesText, percentText } from '../view/metric-text.ts';
import { type BracketFacts, protocolText, type RunFacts } from '../view/run-facts.ts';
import { adviceText } from './enumeration-advice.ts';
import { shownNames } from './model-names.ts';

/** What holds for all runs, a line a model, then chance levels and warnings. */
export function runNotes(stored: readonly RunFacts[]): readonly string[] {
  const nameOf = shownNames(stored.map(({ model }) => model));
  const runs = stored.map((run) => ({ ...run, model: nameOf(run.model) }));
  return [
    ...settingLines(runs),
    ...viewLines(runs),
    ...repeatLines(runs),
    ...enumerationLines(runs),
    ...bracketLines(runs),
    ...chanceLines(runs),
    ...floorNotes(runs),
    ...warningLines(runs).map((line) => `! ${line}`),
  ];
}

function settingLines(runs: readonly RunFacts[]): string[] {
  const intervals = shared(runs.flatMap(({ metrics }) => Object.values(metrics).map(({ confidence }) => confidence)));
  const common = [
    ...(intervals.length === 0 ? [] : [`Accuracies in percent [${intervals.map(levelText).join(', ')} interval]`]),
    `${intervals.length === 0 ? 'P' : 'p'}rotocol ${shared(runs.map(protocolText)).join(', ')}`,
    `engine ${shared(runs.map(arithmeticText)).join(', ')}`,
  ];
  return [
    `${common.join('; ')}.`,
    ...new Set(runs.map(({ model }) => modelLine(runs.filter((r) => r.model === model)))),
  ];
}

/** Most of a run's numbers are another engine's where it has two precisions. */
const arithmeticText = (run: RunFacts): string =>
  run.precision === undefined ? engineText(run) : engineText({ ...run, dtype: run.precision });

function modelLine(runs: readonly RunFacts[]): string {
  const [first] = runs;
  if (first === undefined) return '';
  const how = shared(
    runs.map(({ estimator, sampler }) => (sampler === undefined ? estimator : `${estimator} by ${sampler}`)),
  ).join(' / ');
  const passes = shared(runs.map((run) => run.passes)).filter((count) => count > 0);
  const diffusion = [
    `T = ${shared(runs.map(stepsText)).join(' / ')}`,
    ...(passes.length === 0 ? [] : [`up to ${passes.join(', ')} passes an answer`]),
    `seed ${shared(runs.map(({ seed }) => seed)).join(', ')}`,
    `shift ${shared(runs.map(({ shift }) => (shift ? 'on' : 'off'))).join(', ')}`,
    `attention ${shared(runs.map(({ openFraction }) => openFraction))
      .sort((a, b) => a - b)
      .join(', ')}`,
  ];
  const settings = first.family === 'diffusion' ? [how, ...diffusion] : [how];
  const sequences = total(runs, ({ nfe }) => nfe).toLocaleString('en');
  const seconds = total(runs, (run) => run.seconds).toFixed(1);
  return `${first.model}: ${first.family}, ${settings.join(', ')}; ${sequences} sequences in ${seconds} s.`;
}

/** Of texts in several views: which of them the costs of each T are of. */
function viewLines(runs: readonly RunFacts[]): readonly string[] {
  return shared(
    runs.flatMap(({ task, model, headline, writing = [], writtenViews }) => {
      if (writtenViews === undefined || writing.length < 2) return [];
      const { judged, others } = writtenViews;
      const views = [judged, ...others];
      return [
        `${task}, ${model}: passes a text are of view ${judged}, which ${headline} judges; seconds and tokens/s are over all ${views.length} views (${views.join(', ')}), which are not timed apart.`,
      ];
    }),
  );
}

/** What single draws gave, and how far they lie apart. */
function repeatLines(runs: readonly RunFacts[]): string[] {
  return runs.flatMap(({ task, model, repeats }) => {
    if (repeats === null) return [];
    const { metric, values, mean, deviation } = repeats;
    const each = values.map(percentText).join(', ');
    const spread = `mean ${percentText(mean)}, standard deviation ${percentText(deviation)}`;
    return [`${task}, ${model}: ${metric} of ${values.length} draws: ${each}; ${spread}.`];
  });
}

function bracketLines(runs: readonly RunFacts[]): string[] {
  return runs.flatMap(({ task, model, bracket }) => {
    if (bracket === undefined) return [];
    return [`${task}, ${model}: ${bracketText(bracket)}; bench compare sets the bracket beside another model.`];
  });
}

/** What the bound from below took, in words. */
function bracketText({ orders, passes, isMost }: BracketFacts): string {
  return `−log p is bounded from below by ${orders} random orders an answer, ${passesText({ passes, isMost })} of the sequences`;
}

function enumerationLines(runs: readonly RunFacts[]): string[] {
  return runs.flatMap(({ task, model, enumeration }) =>
    enumeration === undefined ? [] : [`${task}, ${model}: ${adviceText(enumeration)}.`],
  );
}

/** Where several T were asked for: whether one set of passes gave them all. */
function stepsText({ steps, stepsFrom, risk }: RunFacts): string {
  if (steps.length === 0 && risk !== undefined) return 'none';
  if (steps.length === 0) return 'one step a token';
  const from = { shared: ' from one set of passes', separate: ' each by itself' };
  return steps.join(',') + (steps.length < 2 || stepsFrom === undefined ? '' : from[stepsFrom]);
}

function chanceLines(runs: readonly RunFacts[]): string[] {
  const levels = shared(
    runs.flatMap(({ task, chance }) => (chance === null ? [] : [`${task} ${percentText(chance)}`])),
  );
  return levels.length === 0 ? [] : [`Chance: ${levels.join(', ')}.`];
}

/** What trivial and published answers reach, with where that is known from; a part of a set may reach more or less. */
function floorNotes(runs: readonly RunFacts[]): string[] {
  return shared(
    runs.flatMap(({ task, floors = [], metrics, isWholeSet = false }) =>
      floors
        .filter(({ metric }) => metric === undefined || metric in metrics)
        .map((floor) => floorText(task, floor, isWholeSet)),
    ),
  );
}

/** @param isWholeSet the values beside it are over the set that the floor was counted on */
export function floorText(task: string, { metric, name, hits, of, origin }: Floor, isWholeSet = true): string {
  const share = ((100 * hits) / of).toFixed(2);
  const reached = metric === undefined ? `${name} passes` : `${metric} of ${name} is`;
  return `${task}: ${reached} ${hits} of ${of}${isWholeSet ? '' : ' of the full set'}, ${share} % (${origin}).`;
}

function warningLines(runs: readonly RunFacts[]): readonly string[] {
  const hasBound = runs.some((run) =>
    [run.headline, 'bitsPerByte'].some((name) => name in run.metrics && isBound(name, run.family)),
  );
  const bound = '≤ marks an upper bound: a diffusion model gives the ELBO, not the likelihood itself';
  return [...dataWarnings(runs), ...scoringWarnings(runs), ...(hasBound ? [bound] : [])];
}

/** What is not as published about the rows that were scored, a sentence each. */
export function dataWarnings(runs: readonly RunFacts[]): readonly string[] {
  const builtIn = shared(runs.filter(({ usedFixtures }) => usedFixtures).map(({ task }) => task));
  const rows = 'built-in example rows, not the published data';
  return [
    ...(builtIn.length === 0 ? [] : [`${rows}: ${builtIn.join(', ')} (bench data list says how to get it)`]),
    ...shared(
      runs.flatMap(({ task, variant }) =>
        variant === null ? [] : [`${task}: variant of the reference data: ${variant}`],
      ),
    ),
  ];
}

/** What a reader must know of how the runs were scored before using their numbers, a sentence each. */
export function scoringWarnings(runs: readonly RunFacts[]): readonly string[] {
  return shared([...runs.flatMap(scoringWarningsOf), ...runs.flatMap(clusterWarning)]);
}

function clusterWarning({ task, clusters }: RunFacts): string[] {
  const note = clusterNote(clusters);
  return note === null ? [] : [`${task}: ${note}`];
}

function scoringWarningsOf(run: RunFacts): string[] {
  const where = `${run.task}, ${run.model}`;
  const lines: string[] = [];
  if (run.share !== undefined)
    lines.push(`${where}: share ${run.share}, ${run.items} items; bench merge joins the shares`);
  else if (run.status === 'interrupted') {
    lines.push(`${where}: interrupted, ${run.items} items are in; repeat to resume`);
  }
  if (run.unscored > 0) lines.push(`${where}: ${run.unscored} of ${run.items} items unscored and left out${why(run)}`);
  for (const [code, count] of Object.entries(run.failedUnanswered ?? {})) {
    lines.push(`${where}: ${count} of ${run.items} items without an answer (${code}) count as failed`);
  }
  if (lacksDecoding(run)) {
    lines.push(
      `${where}: no accuracy under paper: the published scripts decode the answer (--tasks lambada-decoding); the score of the right answer stands in`,
    );
  }
  if (run.undecided > 0) {
    const how = run.risk === undefined ? 'within 2 Monte-Carlo standard errors' : `after ${run.passes} passes of each`;
    lines.push(`${where}: ${run.undecided} of ${run.items} answers undecided ${how}`);
  }
  if (run.crossing > 0) {
    lines.push(
      `${where}: in ${run.crossing} of ${run.items} items a token holds the end of the context and the start of the answer`,
    );
  }
  return [...lines, ...run.warnings.map((warning) => `${where}: ${warning}`)];
}

function why({ unscoredBy }: RunFacts): string {
  const reasons = Object.entries(unscoredBy).map(([code, count]) => `${count} ${code}`);
  return reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
}

/** Tasks whose published number for diffusion models comes from decoding have scores of one answer and nothing else. */
function lacksDecoding({ family, protocol, metrics }: RunFacts): boolean {
  const names = Object.keys(metrics);
  return family === 'diffusion' && protocol === 'paper' && names.length > 0 && !names.some(isBounded);
}

const levelText = (level: number): string => `${Math.round(100 * level)} %`;
const shared = <V>(values: readonly V[]): V[] => [...new Set(values)];
const total = (runs: readonly RunFacts[], read: (run: RunFacts) => number) =>
  runs.reduce((sum, run) => sum + read(run), 0);
