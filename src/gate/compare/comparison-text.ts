/** A comparison as a terminal table: what differs by how much, what that says, and what else a reader must know. */

import { directionOf, isBounded } from '../../metrics/metric-spec.ts';
import { shortNames } from '../../report/terminal/model-names.ts';
import { notesText, textTable } from '../../report/terminal/text-table.ts';
import { differenceText, estimateText, itemsText, percentText, pText } from '../../report/view/metric-text.ts';
import type { ComparedRow, ComparisonDocument } from './comparison.ts';

/** @param flips how many flipped items to list; their count is shown in any case */
export function comparisonText(document: ComparisonDocument, flips: number, columns = 100): string {
  const { rows } = document;
  if (rows.length === 0) return 'No metric that both runs have.\n';
  const nameOf = shownBy(rows.flatMap((row) => [row.reference.model, row.candidate.model]));
  const table = textTable(
    ['task', 'reference\ncandidate', 'difference', 'p (Holm)\ndetectable', 'verdict'],
    rows.map(cells),
    { width: columns },
  );
  const [first] = rows as readonly [ComparedRow];
  const notes = [
    `${sides(rows, nameOf)}; difference = candidate − reference over the same items, 95 % interval (${intervalText(document)}); accuracies in percent and points.`,
    `${[...new Set(rows.map(({ test }) => test))].join(' / ')}; p corrected over tasks by Holm; alpha ${document.alpha}; detectable: found with ${percentText(document.power)} % power at that alpha.`,
    `A difference of ${percentText(document.margin)} points (of other metrics, percent of the reference) matters; protocol ${first.protocol}.`,
    ...bracketLines(document, nameOf),
    ...flipLines(document, flips),
    ...noiseLines(document, nameOf),
    ...warnings(document).map((each) => `! ${each}`),
  ];
  return `${table}\n${notesText(notes, columns)}`;
}

/** Of a path its last parts; what is in brackets after a name stays. */
function shownBy(names: readonly string[]): (name: string) => string {
  const short = shortNames(names.map((name) => ({ name, model: name })));
  return (name) => short.get(name) ?? name;
}

/** What a reader must not overlook: allowed differences, items left out, and the notes of the document. */
export function warnings({ rows, notes }: ComparisonDocument): readonly string[] {
  const differs = rows.flatMap(({ task, differs: found }) => found.map((each) => `${task}: compared although ${each}`));
  const left = rows.flatMap((row) => {
    const counts = [
      [row.unscored, 'without a score'],
      [row.onlyReference, 'in the reference only'],
      [row.onlyCandidate, 'in the candidate only'],
    ] as const;
    const said = counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
    return said.length === 0 ? [] : [`${row.task}, ${row.metric}: items left out: ${said.join(', ')}`];
  });
  return [...new Set([...differs, ...left, ...notes])];
}

/** The intervals of the differences, such as `Tango / Student t`. */
export const intervalText = ({ rows }: ComparisonDocument): string =>
  [
    ...new Set(
      rows.map(({ difference }) =>
        difference.method.replace('paired difference, ', '').replace(/\d+ clusters/, 'clusters'),
      ),
    ),
  ].join(' / ');

/** A size of a metric, such as a detectable difference: points for shares. */
export function sizeText(metric: string, size: number): string {
  return isBounded(metric) ? percentText(size) : size.toFixed(3);
}

function cells(row: ComparedRow): string[] {
  const { metric, reference, candidate, difference } = row;
  const side = ({ family, estimate }: ComparedRow['reference']) => estimateText(metric, family, estimate);
  return [
    `${row.task}\n  ${metric}, n ${itemsText(difference)}`,
    `${side(reference)}\n${side(candidate)}`,
    `${differenceText(metric, difference)}\n  ${row.rose} up, ${row.fell} down`,
    `${pText(row.p)} (${pText(row.holm)})\n  ${row.detectable === null ? '–' : sizeText(metric, row.detectable)}`,
    `${row.verdict}${row.mixesBound ? '\n  bound against\n  exact value' : ''}`,
  ];
}

function sides(rows: readonly ComparedRow[], nameOf: (model: string) => string): string {
  const list = (models: readonly string[]) => [...new Set(models.map(nameOf))].join(', ');
  return `Reference ${list(rows.map(({ reference }) => reference.model))}; candidate ${list(rows.map(({ candidate }) => candidate.model))}`;
}

/** What both bounds together say of the likelihoods, a sentence a task. */
export function bracketLines({ brackets }: ComparisonDocument, nameOf = (model: string) => model): string[] {
  return brackets.map(({ task, reference, candidate, low, high, verdict }) => {
    const ends = `${differenceText('nll', low)} and ${differenceText('nll', high)} nats an answer`;
    const said = verdict === 'open' ? 'open, either may be the better' : verdict;
    return `Bracket of ${task}, n ${itemsText(low)}: −log p of ${nameOf(candidate)} less that of ${nameOf(reference)} lies between ${ends}: ${said}.`;
  });
}

function flipLines({ flips, rows }: ComparisonDocument, listed: number): string[] {
  if (flips.length === 0 && !rows.some(({ metric }) => isBounded(metric))) return [];
  const gained = flips.filter(({ change }) => change === 'gained').length;
  const by = [...new Set(flips.map(({ metric }) => metric))];
  const [better, worse] = by.every((metric) => directionOf(metric) === 1) ? ['right', 'wrong'] : ['better', 'worse'];
  const of = by.length === 0 ? '' : ` by ${by.join(', ')}`;
  const head = `Flipped items${of}: ${flips.length} (${gained} now ${better}, ${flips.length - gained} now ${worse})${flips.length > listed && listed === 0 ? '; list them with --flips N' : ''}`;
  const shown = flips.slice(0, listed).map(({ id, change }) => `  ${change === 'gained' ? '+' : '-'} ${id}`);
  const rest = flips.length - shown.length;
  return [head, ...shown, ...(listed > 0 && rest > 0 ? [`  … and ${rest} more`] : [])];
}

function noiseLines({ noise }: ComparisonDocument, nameOf: (model: string) => string): string[] {
  return noise.flatMap(({ task, model, metric, budget, undecided }) => {
    if (budget.monteCarlo === 0 && budget.seed === null) return [];
    const error = (size: number) => sizeText(metric, size);
    const parts = [
      `items ${error(budget.item)} (${percentText(budget.shares.item)} % of the variance)`,
      `Monte Carlo ${error(budget.monteCarlo)} (${percentText(budget.shares.monteCarlo)} %)`,
      ...(budget.seed === null ? [] : [`seeds ${error(budget.seed)} (${percentText(budget.shares.seed ?? 0)} %)`]),
    ];
    const open =
      undecided === null
        ? ''
        : `; ${undecided.count} items undecided at ${undecided.level} Monte-Carlo standard errors, at least ${undecided.expectedFlips.toFixed(1)} expected to change under other masks`;
    return [
      `Noise of ${task}, ${nameOf(model)}, ${metric}: standard error ${error(budget.total)} from ${parts.join(', ')}${open}.`,
    ];
  });
}
