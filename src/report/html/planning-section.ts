/** Self-correction and planning, from the steps that runs kept. */
import type { Estimate } from '../../core/estimate.ts';
import { type PlanningRow, planningText } from '../charts/planning.ts';
import type { ReportView } from '../view/report-view.ts';
import { type Html, html } from './html.ts';
import { estimateHtml, minus, scrollTable } from './numbers.ts';
import { counted, isLong, type Section, type WriteName, wholeName } from './section.ts';

export function planningSection({ planning }: Pick<ReportView, 'planning'>, nameHtml = wholeName): Section | null {
  if (planning.length === 0) return null;
  const head = html`<tr><th scope="col">Task, model</th><th scope="col">Accuracy [95 %]</th><th scope="col">Tokens changed</th><th scope="col">Order</th><th scope="col">Answer decided</th><th scope="col">Repaired</th><th scope="col">Recovered</th></tr>`;
  return {
    id: 'planning',
    title: 'Self-correction and planning',
    gist: counted(planning.length, 'run'),
    isFolded: isLong(planning.length),
    html: html`<p>From the steps that <code>--trace</code> kept, of the texts with the most steps, in the view whose texts the accuracy judges. <b>Tokens changed</b>: positions whose token is not the one that was proposed first. <b>Order</b>: rank correlation of place and step; 1 is left to right, which autoregressive models are by construction (they change nothing either). <b>Answer decided</b>: share of the steps after which the final answer no longer changes. <b>Repaired</b>: of the calculations that some draft had wrong, those that are right in the end. <b>Recovered</b>: of the texts with a wrong calculation, those with a right answer. Percent but for the order, with 95 % intervals.</p>
${scrollTable(
  'Self-correction and planning',
  head,
  planning.map((row) => rowHtml(row, nameHtml)),
)}`,
  };
}

function rowHtml(row: PlanningRow, nameHtml: WriteName): Html {
  const { task, protocol, model, metric, value, changed, order, decided, repaired, recovered } = row;
  const cell = (of: Estimate | undefined, name = 'acc') =>
    html`<td>${of === undefined ? '–' : name === 'order' ? minus(planningText(name, of)) : estimateHtml('acc', of)}</td>`;
  return html`<tr><th scope="row" class="name">${task}, ${nameHtml(model)} <small>${protocol}</small></th><td>${estimateHtml(metric, value)}</td>${cell(changed)}${cell(order, 'order')}${cell(decided)}${cell(repaired)}${cell(recovered)}</tr>`;
}
