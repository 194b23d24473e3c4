/** What knowing the length, or what follows, is worth. */
import { type Html, html } from '../html/html.ts';
import { differenceHtml, estimateHtml, scrollTable, unitOf } from '../html/numbers.ts';
import { counted, isLong, type Section, type WriteName, wholeName } from '../html/section.ts';
import { itemsText, percentText } from '../view/metric-text.ts';
import type { ReportView } from '../view/report-view.ts';
import type { ToldRow, ToldRun } from './told-rows.ts';

export function toldSection({ told }: Pick<ReportView, 'told'>, nameHtml = wholeName): Section | null {
  if (told.length === 0) return null;
  const tasks = [...new Set(told.map(({ key }) => key))];
  return {
    id: 'told',
    title: 'What knowing the length, or what follows, is worth',
    gist: counted(told.length, 'run'),
    isFolded: isLong(told.length),
    html: html`<p>The same questions, the model told more or less: the true length of the answer (an oracle), ten tokens more, or no length at all, with a text that is cut where it ends itself; and of what stands behind a hole nothing, a quotation in an instruction, or the tokens of fill-in-the-middle models. Compare what two models reach only where both are told the same. Differences are to a run’s first row, paired by item.</p>
${tasks.map((key) =>
  taskTable(
    told.filter((run) => run.key === key),
    nameHtml,
  ),
)}`,
  };
}

function taskTable(runs: readonly ToldRun[], nameHtml: WriteName): Html {
  const [first] = runs;
  if (first === undefined) return html``;
  const { task, protocol, metric, chance, floors } = first;
  const head = html`<tr><th scope="col">Model</th><th scope="col">Knows of the length</th><th scope="col">Sees</th><th scope="col">${metric}, ${unitOf(metric)} [95 %]</th><th scope="col">Less the first [95 %]</th></tr>`;
  const body = runs.flatMap((run) => run.rows.map((row, at) => rowHtml(run, row, at, nameHtml)));
  const marks = [
    ...(chance === null ? [] : [`chance ${percentText(chance)}`]),
    ...floors.map(({ name, value, isOfWholeSetOnly }) => {
      return `${name} ${percentText(value)}${isOfWholeSetOnly ? ' of the full set' : ''}`;
    }),
  ];
  return html`<h3>${task} <small>${protocol}${marks.length === 0 ? '' : `; ${marks.join(', ')}`}</small></h3>
${scrollTable(`What models are told, and what they reach: ${task}`, head, body)}`;
}

function rowHtml(
  { model, metric }: ToldRun,
  { length, sees, value, difference }: ToldRow,
  at: number,
  nameHtml: WriteName,
): Html {
  const name = at === 0 ? nameHtml(model) : html`<span class="soft">${nameHtml(model)}</span>`;
  return html`<tr><th scope="row" class="name">${name}</th><td>${length}</td><td>${sees}</td><td>${estimateHtml(metric, value)}<small>n ${itemsText(value)}</small></td><td>${difference === null ? '–' : differenceHtml(metric, difference)}</td></tr>`;
}
