/** Models, and runs of one in several dtypes, against each other, paired by item. */

import { itemsText, passesText, percentText, pText, valueText } from '../view/metric-text.ts';
import { ALPHA, type BracketRow, MARGIN, type PairRow } from '../view/pairs.ts';
import type { ReportView } from '../view/report-view.ts';
import { type Html, html } from './html.ts';
import { differenceHtml, scrollTable, type Tone, tag, unitOf, whisker } from './numbers.ts';
import { counted, isLong, type Section, tally, type WriteName, wholeName } from './section.ts';

export function pairsSection(
  { pairs, brackets }: Pick<ReportView, 'pairs' | 'brackets'>,
  nameHtml = wholeName,
): Section | null {
  if (pairs.length === 0) return null;
  const rows = pairs.map((row) => bodyRow(row, pairs, nameHtml));
  const head = html`<tr><th scope="col">Task</th><th scope="col">Model − reference</th><th scope="col">Difference [95 %]</th><th scope="col" class="num">p</th><th scope="col" class="num">p, Holm</th><th scope="col" class="num">Detectable</th><th scope="col">Verdict</th></tr>`;
  return {
    id: 'differences',
    title: 'Paired differences',
    gist: `${counted(pairs.length, 'pair')}: ${tally(pairs.map(({ verdict }) => verdict))}`,
    isFolded: isLong(pairs.length),
    html: html`<p>Two models on the same items, or one model in two dtypes or on two devices. What makes an item hard for both cancels, so that these intervals are narrower than those of the values above suggest.</p>
${scrollTable('Differences paired by item', head, rows)}
<p class="note">p: exact McNemar test for shares of independent items, a score test over clusters for those that share a problem or a passage, permuted signs or Student’s t otherwise. “p, Holm” is adjusted over the tasks of a metric, for each two models by themselves, as bench compare does: judge by it; of many pairs of models some are false alarms. Detectable: the true difference that this many items, as discordant as these, show in four of five repetitions at p &lt; 0.05; a smaller one can be there and not be seen; “–” where too few pairs differ to show any. Differences of shares are in points. Verdict, as by bench compare: better or worse where p, Holm is at most ${ALPHA}; no difference shown where one that matters (${percentText(MARGIN)} points, of other metrics percent of the reference) would have been seen or lies outside the interval; else cannot tell. An upper bound below an exact value shows that the quantity is lower, one above it shows nothing.</p>
${bracketsHtml(brackets, nameHtml)}`,
  };
}

/** Both bounds together say what neither can alone. */
function bracketsHtml(brackets: readonly BracketRow[], nameHtml: WriteName): Html | null {
  if (brackets.length === 0) return null;
  const head = html`<tr><th scope="col">Task</th><th scope="col">Model − reference</th><th scope="col">At least [95 %]</th><th scope="col">At most [95 %]</th><th scope="col" class="num">Passes</th><th scope="col">Verdict</th></tr>`;
  const rows = brackets.map(
    ({ task, protocol, model, reference, low, high, bracket, verdict }) =>
      html`<tr><th scope="row" class="name">${task}<small>−log p, nats an answer; ${protocol}</small></th><td class="name">${nameHtml(model)}<small>− ${nameHtml(reference)}</small></td>
<td>${differenceHtml('nll', low)}<small>n ${itemsText(low)}</small></td><td>${differenceHtml('nll', high)}</td><td class="num">${passesText(bracket)}<small>${bracket.orders} orders</small></td><td>${tag(verdict, BRACKET_TONES[verdict])}</td></tr>`,
  );
  return html`<h3>Likelihood by the bracket</h3>
<p class="note">The negative log-likelihood of a diffusion model’s answers lies between a bound from below and its NELBO; where all masks were run it is known. Better or worse only where both ends, with their errors, say so; else open. Passes: sequences of the run that the bound from below alone took.</p>
${scrollTable('Likelihoods between two bounds, against exact ones', head, rows)}`;
}

const BRACKET_TONES: Readonly<Record<BracketRow['verdict'], Tone>> = { better: 'good', worse: 'bad', open: 'none' };

function bodyRow(row: PairRow, all: readonly PairRow[], nameHtml: WriteName): Html {
  const { task, protocol, metric, model, reference, difference, flips, p, pHolm, detectable, mixesBound } = row;
  const reach = Math.max(
    ...all.filter((other) => unitOf(other.metric) === unitOf(metric)).flatMap((other) => extent(other)),
  );
  const changed = flips === null ? null : html`; ${flips.gained} gained, ${flips.lost} lost`;
  return html`<tr><th scope="row" class="name">${task}<small>${metric}, ${unitOf(metric, true)}; ${protocol}</small></th>
<td class="name">${nameHtml(model)}<small>− ${nameHtml(reference)}</small></td>
<td>${differenceHtml(metric, difference)}${whisker(difference, { from: -reach, to: reach, level: 0 })}<small>n ${itemsText(difference)}${changed}</small></td>
<td class="num">${p === null ? '–' : pText(p)}</td><td class="num">${pHolm === null ? '–' : pText(pHolm)}</td>
<td class="num">${detectable === null ? '–' : `± ${valueText(metric, detectable)}`}</td><td>${tag(row.verdict, TONES[row.verdict])}${mixesBound ? html`<small>bound against exact value</small>` : null}</td></tr>`;
}

const extent = ({ difference: { low, high, n } }: PairRow): number[] => (n < 2 ? [0] : [Math.abs(low), Math.abs(high)]);

const TONES: Readonly<Record<PairRow['verdict'], Tone>> = {
  better: 'good',
  worse: 'bad',
  'no difference shown': 'none',
  'cannot tell': 'none',
};
