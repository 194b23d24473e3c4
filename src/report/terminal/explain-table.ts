/** An explanation as text: a row for each toggle, then what each quirk is. */
import type { Estimate } from '../../core/estimate.ts';
import { clusterNote } from '../../store/cluster-names.ts';
import type { ExplainDocument, ExplainedToggle, Explanation } from '../view/explain.ts';
import { differenceText, estimateText, valueText } from '../view/metric-text.ts';
import { notesText, textTable, wrapText } from './text-table.ts';

export function explainTable({ explanations }: ExplainDocument, columns = 100): string {
  if (explanations.length === 0) return 'Nothing to explain.\n';
  const cards = explanations.map((explanation) => card(explanation, columns));
  const quirks = new Map(explanations.flatMap(({ toggles }) => toggles.map((each) => [each.toggle, each])));
  const notes = [
    ...[...quirks.values()].map(({ toggle, quirk, about }) => `${toggle} (${quirk}): ${about}`),
    'Differences are paired by item, on minus off, with their 95 % interval; accuracies in points. Masks are the same on both sides.',
    ...clusterLines(explanations),
    'Nothing of this is stored: single toggles are no protocol. `bench run --protocol paper` stores the published one.',
  ];
  return `${cards.join('\n')}\n${notesText(notes, columns)}`;
}

function clusterLines(explanations: readonly Explanation[]): readonly string[] {
  const lines = explanations.flatMap(({ task, clusters }) => {
    const note = clusterNote(clusters);
    return note === null ? [] : [`! ${task}: ${note}`];
  });
  return [...new Set(lines)];
}

function card(explanation: Explanation, columns: number): string {
  const { model, family, task, metric, items, steps, seed, leakedSteps, toggles, all } = explanation;
  const leak = leakedSteps === null ? '' : `, leaked T = ${leakedSteps}`;
  const how = steps === null ? '' : `, T = ${steps}, seed ${seed}${leak}`;
  const what = metric === 'nats' ? 'nats a token of the answer' : metric === 'acc' ? 'accuracy' : metric;
  const rows = [...toggles, all].filter(({ reason }) => reason === null).map((each) => row(each, explanation));
  const idle = [...toggles, all].filter(({ reason }) => reason !== null);
  const title = `${task}, ${model} (${family}): ${what}, n ${items}${how}`;
  const head = ['toggle', 'off', 'on', 'difference', 'flips', 'on top of'];
  const lines = idle.map(({ toggle, reason }) => wrapText(`  ${toggle} does not apply: ${reason}`, columns, '    '));
  const sum = wrapText(`  ${sumText(explanation)}`, columns, '    ');
  return `${title}\n${textTable(head, rows, { right: [4] })}${[sum, ...lines].join('\n')}\n`;
}

function row({ toggle, before, after, difference, flips, from }: ExplainedToggle, of: Explanation): string[] {
  const value = (estimate: Estimate | null) =>
    estimate === null ? '–' : estimateText(of.metric, 'autoregressive', estimate).replace(/ \[.*/, '');
  return [
    toggle,
    value(before),
    value(after),
    difference === null ? '–' : differenceText(of.metric, difference),
    flips === null ? '–' : String(flips),
    from,
  ];
}

/** Single differences against all at once. */
function sumText({ sumOfSingles, all, metric }: Explanation): string {
  const spelt = (x: number) => valueText(metric, x);
  const together = all.difference?.value ?? 0;
  return `Single differences from canonical add up to ${spelt(sumOfSingles)}; all at once give ${spelt(together)}, so ${spelt(together - sumOfSingles)} is their interaction.`;
}
