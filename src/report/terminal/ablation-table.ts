/** An ablation as text: a card for each model and task, rows by attention, a column for each shift. */

import type { Ablation, AblationDocument } from '../view/ablation.ts';
import { ABLATION_LABEL, type AblationCell } from '../view/ablations.ts';
import { differenceText, estimateText, itemsText } from '../view/metric-text.ts';
import type { RunFacts } from '../view/run-facts.ts';
import { shownNames } from './model-names.ts';
import { runNotes } from './run-notes.ts';
import { notesText, textTable } from './text-table.ts';

const REFERENCE = "the reference (attention 1, the model's own shift)";

/** The cards, what they are, then the settings, chance levels and warnings of the runs. */
export function ablationTable({ ablations, runs }: AblationDocument, columns = 100): string {
  if (runs.length === 0) return 'No runs.\n';
  const nameOf = shownNames(runs.map(({ model }) => model));
  const notes = [
    `${ABLATION_LABEL.charAt(0).toUpperCase()}${ABLATION_LABEL.slice(1)}.`,
    `Second lines: paired difference to ${REFERENCE}, same items, seed and masks, with its 95 % interval; accuracies in points.`,
    ...runNotes(runs.map((run) => ({ ...run, undecided: 0 }))),
    ...undecidedLines(runs, nameOf),
  ];
  const cards = ablations.map((ablation) => card(ablation, nameOf));
  return `${cards.join('\n')}\n${notesText(notes, columns)}`;
}

function card({ task, model, metric, cells }: Ablation, nameOf: (model: string) => string): string {
  const reference = cells.find(({ isReference }) => isReference);
  const shifts = [...new Set([reference, ...cells].flatMap((each) => each?.shift ?? []))];
  const attentions = [...new Set(cells.map(({ openFraction }) => openFraction))];
  const rows = attentions.map((attention) => [
    String(attention),
    ...shifts.map((shift) => {
      const found = cells.find((each) => each.openFraction === attention && each.shift === shift);
      return found === undefined ? '–' : cell(metric, found);
    }),
  ]);
  const title = `${task}, ${nameOf(model)}: ${metric}, n ${reference?.value == null ? 0 : itemsText(reference.value)}`;
  return `${title}\n${textTable(['attention', ...shifts.map((shift) => `shift ${shift ? 'on' : 'off'}`)], rows)}`;
}

function cell(metric: string, { value, difference, isReference }: AblationCell): string {
  if (value === null) return 'unscored';
  const second = isReference
    ? 'reference'
    : difference === null
      ? 'not comparable'
      : differenceText(metric, difference);
  return `${estimateText(metric, 'diffusion', value)}\n  ${second}`;
}

/** One line for all cells of a task: ten would hide the rest. */
function undecidedLines(runs: readonly RunFacts[], nameOf: (model: string) => string): string[] {
  const nameOfRun = ({ task, model }: RunFacts) => `${task}, ${nameOf(model)}`;
  return [...new Set(runs.map(nameOfRun))].flatMap((where) => {
    const group = runs.filter((run) => nameOfRun(run) === where);
    const counts = group.map(({ undecided }) => undecided);
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    const items = Math.max(...group.map((run) => run.items));
    const range = least === most ? String(most) : `${least} to ${most}`;
    return most === 0
      ? []
      : [`! ${where}: ${range} of ${items} answers undecided within 2 Monte-Carlo standard errors, by cell`];
  });
}
