/** What must be known before a number is used, and where every number comes from. */
import type { ProvenanceRow } from '../view/provenance.ts';
import type { ReportWarning } from '../view/warnings.ts';
import { type Html, html } from './html.ts';
import { nameHtml, shortNumber, tag } from './numbers.ts';
import type { Section } from './section.ts';

export function warningsSection({ warnings }: { readonly warnings: readonly ReportWarning[] }): Section | null {
  if (warnings.length === 0) return null;
  return {
    id: 'warnings',
    title: `Warnings (${warnings.length})`,
    html: html`<p>What must be known before a number above is used.</p>
<ul class="plain">${warnings.map(({ about, text }) => html`<li>${tag(about, 'warn')} ${text}</li>`)}</ul>`,
  };
}

export function provenanceSection({ provenance }: { readonly provenance: readonly ProvenanceRow[] }): Section {
  return {
    id: 'provenance',
    title: 'Provenance',
    html: html`<p>A run is one model on one task under one set of settings. Its id is the SHA-256 of its manifest: everything that can change a number, and nothing else. The command makes the same run again; where the run is stored already, it computes nothing.</p>
${provenance.map(runHtml)}`,
  };
}

function runHtml(row: ProvenanceRow): Html {
  const { runId, path, model, task, items, expectedItems, command, commandNotes, manifest } = row;
  const { dataset, settings } = manifest;
  const facts: readonly (readonly [string, string | Html])[] = [
    ['Run id', html`<code>${runId}</code>`],
    ['Folder', html`<code>${path}</code>`],
    ['Weights', html`<code>sha256 ${manifest.model.weightsDigest}</code>`],
    ['Tokenizer', html`<code>sha256 ${manifest.model.tokenizerDigest}</code>`],
    ['Rows', html`<code>sha256 ${dataset.digest}</code> ${dataset.source}, ${dataset.rows.toLocaleString('en')} rows`],
    ['Task', `${task} version ${manifest.task.version}; ${items} of ${expectedItems} items stored`],
    ['Engine', `${manifest.model.engine}, ${manifest.model.dtype}; estimator ${settings.estimator}`],
    ...row.sessions.map(
      (session) =>
        [
          'Session',
          `${session.started}, ${session.state}, ${session.items} items in ${shortNumber(session.seconds)} s; ${session.software}; ${session.machine}`,
        ] as const,
    ),
  ];
  const t = settings.steps.length === 0 ? '' : `, T ${settings.steps.join(',')}`;
  const reading =
    manifest.model.family === 'diffusion'
      ? `, attention ${settings.openFraction}, shift ${settings.shift ? 'on' : 'off'}, seed ${settings.seed}${t}`
      : '';
  return html`<details id="run-${runId.slice(0, 12)}"><summary>${task}, ${nameHtml(model)} <small>${settings.protocol}${reading}; ${runId.slice(0, 12)}</small></summary>
<pre>${command}</pre>
${commandNotes.map((note) => html`<p class="note">${note}</p>`)}
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<details><summary>Manifest</summary><pre>${JSON.stringify(manifest, null, 2)}</pre></details>
</details>`;
}
