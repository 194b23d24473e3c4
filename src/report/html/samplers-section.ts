/** Which sampler a model prefers. */
import type { SamplerPreferences } from '../charts/sampler-preferences.ts';
import { itemsText } from '../view/metric-text.ts';
import { type Html, html } from './html.ts';
import { type WriteName, wholeName } from './names.ts';
import { differenceHtml, estimateHtml, scrollTable, shortNumber } from './numbers.ts';
import { counted, isLong, type Section } from './section.ts';

export function samplersSection(
  { preferences }: { readonly preferences: readonly SamplerPreferences[] },
  nameHtml: WriteName = wholeName,
): Section | null {
  if (preferences.length === 0) return null;
  return {
    id: 'samplers',
    title: 'Which sampler the model prefers',
    gist: counted(preferences.length, 'run'),
    isFolded: isLong(preferences.length),
    html: html`<p>How likely a diffusion model makes the right answers when it writes by each deterministic sampler, tokens drawn: exact, no bounds. <b>marginal</b> writes one token a step in random order; <b>best-of</b> is the most likely of so many random orders, which no sampler knows: what a better order could be worth. Differences are to the most likely one, paired by item.</p>
${preferences.map((each) => preferenceTable(each, nameHtml))}`,
  };
}

function preferenceTable({ task, protocol, model, rows }: SamplerPreferences, nameHtml: WriteName): Html {
  const head = html`<tr><th scope="col">Sampler</th><th scope="col" class="num">Passes an answer</th><th scope="col">−log p, nats an answer [95 %]</th><th scope="col">Less the first [95 %]</th></tr>`;
  const body = rows.map(
    ({ sampler, passes, value, difference }) =>
      html`<tr><th scope="row" class="name">${sampler}</th><td class="num">${passes === null ? '–' : shortNumber(passes)}</td><td>${estimateHtml('nll', value)}<small>n ${itemsText(value)}</small></td><td>${difference === null ? '–' : differenceHtml('nll', difference)}</td></tr>`,
  );
  return html`<h3>${task}, ${nameHtml(model)} <small>${protocol}</small></h3>
${scrollTable(`Likelihood of the right answers by sampler: ${task}`, head, body)}`;
}
