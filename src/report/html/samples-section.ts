/** The sample browser: its frame. What is in it comes from the chunks, by the page's own script. */
import type { SampleBrowserView } from '../items/sample-chunk.ts';
import { html } from './html.ts';
import { SAMPLES_STYLE } from './samples-style.ts';
import { counted, type Section, wholeName } from './section.ts';

/** @param script of `src/report/client`, joined */
export function samplesSection(
  { items, models, chunks, notes }: SampleBrowserView,
  script: string,
  nameHtml = wholeName,
): Section | null {
  if (items === 0) return null;
  const isPair = models.length > 1;
  return {
    id: 'samples',
    title: 'Samples',
    gist: counted(items, 'item'),
    html: html`<p>Every item: what was asked, what each model scored or wrote, and by how much it decided. A model is shown by the run that stands for it in the tables above.</p>
${notes.map((note) => html`<p class="note">${note}</p>`)}
<noscript><p class="note">The samples need the page’s own script; everything else on this page does without.</p></noscript>
<div id="samples-browser" hidden>
<form class="filters" role="search" aria-label="Choose items">
<label>Task<select id="samples-task"></select></label>
<label>Show<select id="samples-show">
<option value="all">all items</option>
${isPair ? html`<option value="gained">right in one, wrong in another</option><option value="agree-right">right in all models</option><option value="agree-wrong">wrong in all models</option>` : html`<option value="agree-right">right</option><option value="agree-wrong">wrong</option>`}
<option value="undecided">undecided at Monte-Carlo error</option>
<option value="unscored">unscored</option>
<option value="traced">with denoising steps</option>
</select></label>
<span id="samples-pair" class="pair" hidden><label>Right in<select id="samples-a"></select></label><label>Wrong in<select id="samples-b"></select></label></span>
<label class="search">Search<input id="samples-search" type="search" autocomplete="off" spellcheck="false" placeholder="words of question, answer or written text"></label>
</form>
<p class="note"><span id="samples-count" role="status" aria-live="polite"></span> <span class="soft">· ✓ right, ✗ wrong, ? undecided, ! unscored, # measured, · no run; ${models.length === 1 ? '' : html`models in this order: ${models.map((name, at) => html`${at === 0 ? '' : ', '}${nameHtml(name)}`)}; `}<kbd>↑</kbd> <kbd>↓</kbd> or <kbd>k</kbd> <kbd>j</kbd> move, <kbd>Enter</kbd> opens, <kbd>Esc</kbd> goes back</span></p>
<div class="panes">
<div id="samples-list" role="listbox" tabindex="0" aria-label="Items"></div>
<div class="detail-pane">
<button id="samples-back" type="button">← Back to the list</button>
<div id="samples-detail" role="region" tabindex="0" aria-label="The chosen item"></div>
</div>
</div>
</div>`,
    style: SAMPLES_STYLE,
    scripts: [script],
    data: chunks.map(({ id, data }) => ({ id, value: data })),
  };
}
