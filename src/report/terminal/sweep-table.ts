/** A sweep as text: a card for each task and model, rows over T, and what follows from it. */
import type { Estimate } from '../../core/estimate.ts';
import { itemsWithoutLoss, type NonInferiority } from '../../stats/clustered/clustered-non-inferiority.ts';
import { differenceText, estimateText, itemsText, percentText } from '../view/metric-text.ts';
import type { WritingStep } from '../view/run-facts.ts';
import type { Sweep, SweepDocument, SweepPoint, SweepScore } from '../view/sweep.ts';
import type { SweepComparison } from '../view/sweep-beside.ts';
import { frontierTable } from './frontier-table.ts';
import { shownNames } from './model-names.ts';
import { runNotes } from './run-notes.ts';
import { notesText, textTable } from './text-table.ts';

/** The cards, then the settings, chance levels and warnings of the runs. */
export function sweepTable(document: SweepDocument, columns = 100): string {
  if (document.runs.length === 0) return 'No runs.\n';
  const nameOf = shownNames(document.runs.map(({ model }) => model));
  const cards = document.sweeps.map((sweep) => card(sweep, nameOf, document, columns));
  if (document.frontiers.length > 0) cards.push(frontierTable(document.frontiers, columns));
  return `${cards.join('\n')}\n${notesText([...legend(document), ...document.deadKnobs.map((each) => `! ${each}.`), ...runNotes(document.runs)], columns)}`;
}

function card(sweep: Sweep, nameOf: (model: string) => string, document: SweepDocument, columns: number): string {
  const { widest, fewer } = byItems(sweep.scores);
  const asked = widest[0]?.points[0]?.value;
  const all = document.comparisons.filter(({ task }) => task === sweep.task);
  const lines = [
    ...sweep.scores.flatMap((score) => conclusion(score, document)),
    passesLine(sweep),
    ...capLine(sweep),
    ...comparisonLines(widest[0]?.comparisons ?? all, nameOf, asked?.n),
  ];
  const by = sweep.sampler === undefined ? '' : ` by ${sweep.sampler}`;
  const title = `${sweep.task}, ${nameOf(sweep.model)}${by}, n ${asked === undefined ? 0 : itemsText(asked)}`;
  const parts = fewer.map((score) => fewerItems(score, nameOf, asked?.n ?? 0, columns));
  return [`${title}\n`, tables(widest, sweep.writing, columns), ...parts, notesText(lines, columns)].join('');
}

/** The scores of the most items, and those of fewer, which stand by themselves. */
function byItems(scores: readonly SweepScore[]) {
  const items = ({ points }: SweepScore) => points[0]?.value.n ?? 0;
  const most = Math.max(0, ...scores.map(items));
  return {
    widest: scores.filter((score) => items(score) === most),
    fewer: scores.filter((score) => items(score) < most),
  };
}

/** A score of fewer items than the others: what it is compared with is over its items too. */
function fewerItems(score: SweepScore, nameOf: (model: string) => string, most: number, columns: number): string {
  const { metric, widest, points, comparisons } = score;
  const n = points[0]?.value.n ?? 0;
  const about = `Where ${metric} is known, on ${n.toLocaleString('en')} of ${most.toLocaleString('en')} items:`;
  const lines = comparisonLines(comparisons, nameOf, n, `, on the same ${n === 1 ? 'item' : 'items'}`);
  const also = widest === undefined ? [] : [widest];
  return `${notesText([about], columns)}${scoreTable([score], [], also)}${notesText(lines, columns)}`;
}

/**
 * @param n items of what they stand beside
 * @param same said of those that are over all of these
 */
function comparisonLines(
  comparisons: readonly SweepComparison[],
  nameOf: (model: string) => string,
  n: number | undefined,
  same = '',
): string[] {
  return comparisons.map(({ model, metric, value }) => {
    const isSame = n === undefined || value.n === n;
    const on = isSame ? same : `, on ${value.n.toLocaleString('en')} of the ${n.toLocaleString('en')} items`;
    return `${nameOf(model)}, autoregressive${on}: ${metric} ${estimateText(metric, 'autoregressive', value)}.`;
  });
}

/** The scores side by side, or below each other where they do not fit. */
function tables(scores: readonly SweepScore[], writing: readonly WritingStep[], columns: number): string {
  if (scores.length === 0) return 'No item has a score.\n';
  const together = scoreTable(scores, writing);
  const fits = together.split('\n').every((line) => line.length <= columns);
  return fits ? together : scores.map((score) => scoreTable([score], writing)).join('');
}

/** @param also values that stand beside the scores, over their items */
function scoreTable(
  scores: readonly SweepScore[],
  writing: readonly WritingStep[],
  also: readonly NonNullable<SweepScore['widest']>[] = [],
): string {
  const points = scores[0]?.points ?? [];
  const largest = points.at(-1)?.steps;
  const head = scores.flatMap(({ metric, points: [first] }) => [
    `${metric}\nat T`,
    `\nless that of T = ${largest}`,
    ...(first?.gridBias == null ? [] : ['\nNELBO_T - NELBO']),
  ]);
  const rows = points.map(({ steps }, row) => [
    String(steps),
    ...scores.flatMap((score) => cells(score.metric, score.points[row] as SweepPoint)),
    ...also.map(({ metric, values }) => estimateText(`${metric}@${steps}`, 'diffusion', values[row] as Estimate)),
    ...costCells(writing[row]),
  ]);
  const costs = writing.length === 0 ? [] : ['cost\nNFE a text', '\nseconds', '\ntokens/s'];
  return textTable(['\nT', ...head, ...also.map(({ metric }) => `${metric}\nat T`), ...costs], rows, { right: [0] });
}

function cells(metric: string, { steps, value, difference, nonInferiority, gridBias }: SweepPoint): string[] {
  const name = `${metric}@${steps}`;
  const mark = nonInferiority?.nonInferior === true ? ' *' : '';
  return [
    estimateText(name, 'diffusion', value),
    difference === null ? 'reference' : `${differenceText(name, difference)}${mark}`,
    ...(gridBias === null ? [] : [differenceText(name, gridBias)]),
  ];
}

function costCells(cost: WritingStep | undefined): string[] {
  if (cost === undefined) return [];
  const spelt = (value: number | null) => (value === null ? '–' : value.toFixed(1));
  return [cost.nfe.toFixed(2), spelt(cost.seconds), spelt(cost.tokensPerSecond)];
}

function conclusion({ metric, points, smallest }: SweepScore, settings: SweepDocument): string[] {
  const largest = points.at(-1)?.steps;
  if (smallest === null || largest === undefined) return [];
  if (smallest < largest) {
    return [
      `By ${metric}, T = ${smallest} is the smallest that is non-inferior to T = ${largest}, as is every T between.`,
    ];
  }
  const least = itemsWithoutLoss(settings.margin, settings.alpha);
  const last = points.at(-2)?.nonInferiority;
  const why =
    last == null || last.items >= least
      ? ''
      : `: without a gain or a loss that takes ${least} items, and here are ${worthText(last)}`;
  return [`By ${metric}, no smaller T is shown to be non-inferior to T = ${largest}${why}.`];
}

/** Items, and where clusters make them fewer how many they are worth. */
const worthText = ({ n, items }: NonInferiority): string =>
  items < n
    ? `${n.toLocaleString('en')} in clusters, worth ${Math.floor(items).toLocaleString('en')}`
    : n.toLocaleString('en');

function passesLine({ passes, writing, nfe, seconds }: Sweep): string {
  const cost = `${nfe.toLocaleString('en')} sequences in ${seconds.toFixed(1)} s`;
  if (writing.length > 0) return `Text is written once for each T, in passes of its own: ${cost} together.`;
  return passes === 'shared'
    ? `All T come from one set of passes: ${cost}.`
    : `Every T was drawn by itself, so T differ by their draws too: ${cost} together.`;
}

/** The canonical samplers skip a step that would reveal nothing, so NFE is at most the number of tokens to write. */
function capLine({ writing, writtenViews }: Sweep): string[] {
  const most = writing.at(-1)?.nfe;
  const enough = writing.find(({ nfe }) => nfe === most)?.steps;
  if (enough === undefined || enough === writing.at(-1)?.steps) return [];
  const ofView = writtenViews === undefined ? '' : ` of view ${writtenViews.judged}`;
  return [
    `Above T = ${enough} no text${ofView} takes more passes: none has more tokens to write, and a step that reveals none is skipped.`,
  ];
}

function legend({ sweeps, margin, alpha }: SweepDocument): string[] {
  const scores = sweeps.flatMap((sweep) => sweep.scores);
  if (scores.length === 0) return [];
  const lines = ['Differences are paired by item, with 95 % intervals; those of accuracies are in points.'];
  if (scores.some(({ smallest }) => smallest !== null)) {
    const bound = `the ${percent(1 - alpha)} bound of the loss is below ${percentText(margin)} points`;
    lines.push(`* non-inferior to the largest T: ${bound} (one-sided, alpha ${alpha}).`);
  }
  return lines;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(4))} %`;
