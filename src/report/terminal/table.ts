/** Runs as a terminal table, models side by side. Pure text: rows are tasks, columns are models. */

import type { Estimate } from '../../core/estimate.ts';
import { heldUnder } from '../../metrics/exact-counterpart.ts';
import { besideHeadline } from '../../metrics/headline-metric.ts';
import { chanceOf } from '../../metrics/voted-answer.ts';
import { areUneven, estimateText, FEWER_NOTE, itemsInRow, percentText } from '../view/metric-text.ts';
import { protocolText, type RunFacts } from '../view/run-facts.ts';
import { shownNames } from './model-names.ts';
import { runNotes } from './run-notes.ts';
import { notesText, textTable } from './text-table.ts';

/** Shown beside the headline, where a task has them. */
const ALSO_SHOWN = [
  ...['bitsPerByte', 'exactBitsPerByte', 'accExact', 'slack', 'tube'],
  ...['accNumeric', 'accLenient', 'noAnswer', 'invalidSteps', 'lastStepIsAnswer'],
];

/**
 * The headline metric of every run with its interval and n, and under it the settings, chance levels and warnings.
 * Models that do not fit into `columns` go to a further table below.
 */
export function runTable(runs: readonly RunFacts[], columns = 100): string {
  if (runs.length === 0) return 'No runs.\n';
  const grid = toGrid(runs);
  const tables: string[] = [];
  for (let first = 0; first < grid.models.length; ) {
    let count = grid.models.length - first;
    while (count > 1 && widthOf(block(grid, first, count)) > columns) count--;
    tables.push(block(grid, first, count));
    first += count;
  }
  const uneven = grid.isUneven ? [FEWER_NOTE] : [];
  return `${tables.join('\n')}\n${notesText([...uneven, ...runs.flatMap(writingLines), ...runNotes(runs)], columns)}`;
}

/** What each T took, where a run has several that were written each by itself. */
function writingLines({ task, model, sampler, writing = [], writtenViews }: RunFacts): string[] {
  if (writing.length < 2) return [];
  const parts = writing.map(({ steps, nfe, seconds, tokensPerSecond }) => {
    const time = seconds === null || tokensPerSecond === null ? '' : ` in ${seconds.toFixed(1)} s`;
    const rate = tokensPerSecond === null ? '' : `, ${tokensPerSecond.toFixed(0)} tokens/s`;
    return `T = ${steps}: ${nfe.toFixed(2)} passes a text${time}${rate}`;
  });
  const by = sampler === undefined ? '' : ` by ${sampler}`;
  return [
    `${task}, ${model}${by}, one text for each T${writtenViews === undefined ? '' : ' and view'}: ${parts.join('; ')}.`,
  ];
}

/** Every metric of one run, a line each. */
export function metricTable(run: RunFacts): string {
  const names = Object.keys(run.metrics).sort((a, b) => Number(b === run.headline) - Number(a === run.headline));
  const rows = names.map((name) => {
    const estimate = run.metrics[name] as Estimate;
    const label = [name, ...floorLines([run], name)].join('\n  ');
    return [label, estimateText(name, run.family, estimate), String(estimate.n), estimate.method];
  });
  return textTable(['metric', 'value [interval]', 'n', 'method'], rows, { right: [2] });
}

interface Grid {
  /** Headings; equal length to the cells of a row. */
  readonly models: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly string[] }[];
  /** A row holds values over more and fewer items. */
  readonly isUneven: boolean;
}

function toGrid(runs: readonly RunFacts[]): Grid {
  const severalProtocols = new Set(runs.map(protocolText)).size > 1;
  const taskOf = (run: RunFacts) => (severalProtocols ? `${run.task} (${protocolText(run)})` : run.task);
  const columnOf = columnNames(runs, taskOf);
  const models = [...new Set(columnOf.values())];
  const rows = [...new Set(runs.map(taskOf))].flatMap((task) => {
    const ofTask = runs.filter((run) => taskOf(run) === task);
    const placed = models.map((model) => ofTask.find((candidate) => columnOf.get(candidate) === model));
    return shownMetrics(ofTask).map((metric) => {
      const estimates = placed.map((run) => (run === undefined ? null : estimateOf(run, metric)));
      return {
        label: [task, metric, ...floorLines(ofTask, metric)].join('\n  '),
        cells: placed.map((run) => (run === undefined ? '–' : cell(run, metric, estimates))),
        isUneven: areUneven(estimates),
      };
    });
  });
  return { models, rows, isUneven: rows.some(({ isUneven }) => isUneven) };
}

/**
 * The headlines of the runs of a task, what is shown beside them, pass rates of all views, and the T curve where several T were
 * asked.
 */
function shownMetrics(runs: readonly RunFacts[]): readonly string[] {
  const names = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  const duels = [...names].filter((name) => /^(accDuel|duel):[^@]+$/.test(name)).sort();
  const also = [...ALSO_SHOWN.filter((name) => names.has(name)), ...duels];
  const passes = [...names].filter((name) => PASS.test(name));
  const headlines = runs.map(({ headline }) => headline);
  const beside = headlines.flatMap((headline) => besideHeadline(names, headline));
  return [...new Set([...headlines, ...also, ...passes.sort(byK), ...beside, ...runs.flatMap(curve)])];
}

/** `pass@k` at the largest T, of any view. */
const PASS = /^pass@(\d+)(@[a-z][a-z0-9-]*)?$/;
const byK = (a: string, b: string): number => Number(PASS.exec(a)?.[1]) - Number(PASS.exec(b)?.[1]);

/** What guessing reaches where several guesses count, and what trivial and published answers reach, beside the values of a whole set. */
function floorLines(runs: readonly RunFacts[], metric: string): string[] {
  const { chance = null } = runs[0] ?? {};
  const guessed = metric.startsWith('hit@') ? chanceOf(metric, chance) : null;
  const chances = guessed === null ? [] : [`chance ${percentText(guessed)}`];
  const { floors = [] } = runs.find(({ isWholeSet }) => isWholeSet === true) ?? {};
  const isFloored = PASS.test(metric) || runs.some(({ headline }) => headline === metric);
  const shown = floors.filter((floor) => (floor.metric === undefined ? isFloored : floor.metric === metric));
  return [...chances, ...shown.map(({ name, hits, of }) => `${name} ${percentText(hits / of)}`)];
}

/** The metrics of each T: of the published score under `paper`, else of the bound. */
function curve({ steps, protocol, metrics, headline }: RunFacts): string[] {
  if (steps.length < 2) return [];
  const duels = Object.keys(metrics).filter((name) => /^(accDuel|duel):[^@]+$/.test(name));
  const chain =
    protocol === 'paper' ? ['accOfficial', 'official'] : ['accNelbo', 'accLikelihood', 'nelbo', 'likelihood'];
  const names = [...chain, ...duels.sort(), 'acc', headline];
  return [...new Set(names)]
    .flatMap((name) => steps.map((each) => `${name}@${each}`))
    .filter((name) => name in metrics);
}

/** The column of each run: its model, numbered when one model has several runs of a task (other seeds, say). */
function columnNames(runs: readonly RunFacts[], taskOf: (run: RunFacts) => string): Map<RunFacts, string> {
  const nameOf = shownNames(runs.map(({ model }) => model));
  const seen = new Map<string, number>();
  const names = new Map<RunFacts, string>();
  for (const run of runs) {
    const name = run.sampler === undefined ? nameOf(run.model) : `${nameOf(run.model)} ${run.sampler}`;
    const key = JSON.stringify([run.model, run.sampler, taskOf(run)]);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    names.set(run, times === 1 ? name : `${name} #${times}`);
  }
  return names;
}

const estimateOf = ({ family, metrics }: RunFacts, metric: string): Estimate | null =>
  metrics[heldUnder(metric, family, (name) => name in metrics) ?? metric] ?? null;

function cell(run: RunFacts, metric: string, row: readonly (Estimate | null)[]): string {
  const estimate = estimateOf(run, metric);
  if (estimate !== null) return `${estimateText(metric, run.family, estimate)}\n  n ${itemsInRow(estimate, row)}`;
  return run.items > 0 && run.unscored === run.items ? 'unscored' : '–';
}

function block(grid: Grid, first: number, count: number): string {
  const row = (label: string, cells: readonly string[]) => [label, ...cells.slice(first, first + count)];
  const rows = grid.rows.map(({ label, cells }) => row(label, cells));
  return textTable(row('task', grid.models), rows);
}

const widthOf = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));
