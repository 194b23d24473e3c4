/** A plan, and what came of it, for a terminal. Pure text. */
import { frontierTable } from '../frontier/document.ts';
import { speedTable } from '../speed/document.ts';
import { notesText, textTable } from '../terminal/text-table.ts';
import { type ConformanceCell, type ConformanceTable, type Verdict, verdictText } from '../view/conformance.ts';
import { percentText, signedText } from '../view/metric-text.ts';
import type { MiniatureArm, PlannedCell, Reproduction, ReproductionPlan } from './document.ts';

/** Everything that would be run, what is missing for it, and what it costs. */
export function planText({ title, cells, isSmoke, notes }: ReproductionPlan, columns = 100): string {
  if (cells.length === 0)
    return `${title}\nNothing to run: none of its weights were published.\n${notesText(notes, columns)}`;
  const rows = cells.map(({ model, what, settings, items, passes, missing }) => [
    ...[model, what, settings, items === null ? '–' : items.toLocaleString('en'), passes.toLocaleString('en')],
    missing ?? 'here',
  ]);
  const head = ['model', 'what', 'settings', 'items', 'passes', isSmoke ? 'stands in' : 'weights, data'];
  const shown = isSmoke ? rows.map((row) => [...row.slice(0, -1), 'a built-in checkpoint']) : rows;
  return `${title}\n${textTable(head, shown, { right: [3, 4] })}${notesText([costNote(cells, isSmoke), ...notes], columns)}`;
}

function costNote(cells: readonly PlannedCell[], isSmoke: boolean): string {
  if (isSmoke)
    return 'A smoke run asks two built-in rows of each with small T: it shows that all works, and says nothing of the article.';
  const here = cells.filter(({ missing }) => missing === null);
  const passes = here.reduce((sum, each) => sum + each.passes, 0);
  return `About ${passes.toLocaleString('en')} forward passes for the ${here.length} of ${cells.length} that can run here; what is stored already is not computed again.`;
}

/** What came of it, beside the published values. */
export function reproductionText(document: Reproduction, columns = 100): string {
  const { tables, frontiers, speeds, miniature, notRun, out, runs } = document;
  return [
    ...tables.map((table, at) => cellTable(table, tables.slice(0, at))),
    ...frontiers.map((frontier) => frontierTable(frontier, columns)),
    ...speeds.map((speed) => speedTable(speed, columns)),
    ...(miniature === null ? [] : [miniatureText(miniature)]),
    notesText(
      [
        ...notRun.map(({ what, reason }) => `! not run: ${what}: ${reason}`),
        ...(runs === 0 ? [] : [`${runs} runs in ${out}; bench report --runs ${out} shows all of them.`]),
      ],
      columns,
    ),
  ].join('\n');
}

/** The cells that have a value of ours and that no earlier version has; how many cells have which verdict. */
function cellTable({ title, rows, counts }: ConformanceTable, earlier: readonly ConformanceTable[]): string {
  const keyOf = ({ row, column, printed }: ConformanceCell) => JSON.stringify([row, column, printed]);
  const shown = new Set(earlier.flatMap((table) => table.rows.flatMap((row) => row.cells.map(keyOf))));
  const cells = rows.flatMap((row) => row.cells).filter((cell) => !shown.has(keyOf(cell)));
  const lines = cells.flatMap(({ row, column, printed, ours, difference, standardErrors, verdict }) => {
    if (ours === null || difference === null) return [];
    const interval = `${percentText(ours.value)} [${percentText(ours.low)}, ${percentText(ours.high)}]`;
    const errors = standardErrors === null ? '–' : standardErrors.toFixed(1);
    return [[row, column, printed ?? '–', interval, signedText('acc', difference), errors, verdict ?? '–']];
  });
  const left = Object.entries(counts).filter(([, count]) => count > 0);
  const told = `${title}: ${left.map(([verdict, count]) => `${count} ${verdictText(verdict as Verdict)}`).join(', ')}\n`;
  if (lines.length === 0) return told;
  const head = ['row', 'column', 'published', 'ours [95 %]', 'difference', 's.e.', 'verdict'];
  return told + textTable(head, lines, { right: [2, 4, 5] });
}

function miniatureText(arms: readonly MiniatureArm[]): string {
  const rows = arms.map(({ name, task, bySeed }) => [
    ...[name, task, percentText(meanOf(bySeed)), bySeed.map(percentText).join(', ')],
  ]);
  return `The miniature (models of 0.7 million parameters, results/miniature/README.md)\n${textTable(['arm', 'task', 'right', 'by seed'], rows, { right: [2] })}`;
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
