/** What must be known before a number is used, and where every number comes from. */
import type { ModelIdentity } from '../../core/model.ts';
import { samplerText } from '../../core/samplers/choice.ts';
import type { ProvenanceRow } from '../view/provenance/provenance.ts';
import type { ReportView } from '../view/report-view.ts';
import { type Html, html } from './html.ts';
import { shortNumber, tag } from './numbers.ts';
import { counted, isLong, type Section, tally, type WriteName, wholeName } from './section.ts';

/** Fewer than rows of a table: each is a line or two of reading. */
const OPEN_WARNINGS = 8;

export function warningsSection({ warnings }: Pick<ReportView, 'warnings'>): Section | null {
  if (warnings.length === 0) return null;
  const kinds = warnings.map(({ about }) => about);
  return {
    id: 'warnings',
    title: `Warnings (${warnings.length})`,
    gist: tally(kinds.map((about) => `of ${about}`)),
    isFolded: warnings.length > OPEN_WARNINGS,
    html: html`<p>What must be known before a number above is used.</p>
<ul class="plain">${warnings.map(({ about, text }) => html`<li>${tag(about, 'warn')} ${text}</li>`)}</ul>`,
  };
}

export function provenanceSection({ provenance }: Pick<ReportView, 'provenance'>, nameHtml = wholeName): Section {
  return {
    id: 'provenance',
    title: 'Provenance',
    gist: `${counted(provenance.length, 'run')}: digests, versions, and the command that makes each again`,
    isFolded: isLong(provenance.length),
    html: html`<p>A run is one model on one task under one set of settings. Its id is the SHA-256 of its manifest: everything that can change a number, and nothing else. The command makes the same run again; where the run is stored already, it computes nothing.</p>
${provenance.map((row) => runHtml(row, nameHtml))}`,
  };
}

function runHtml(row: ProvenanceRow, nameHtml: WriteName): Html {
  const { runId, path, model, task, items, expectedItems, command, commandNotes, manifest } = row;
  const { dataset, settings } = manifest;
  const facts: readonly (readonly [string, string | Html])[] = [
    ['Run id', html`<code>${runId}</code>`],
    ['Folder', html`<code>${path}</code>`],
    ['Weights', html`<code>sha256 ${manifest.model.weightsDigest}</code>`],
    ['Tokenizer', html`<code>sha256 ${manifest.model.tokenizerDigest}</code>`],
    ['Rows', html`<code>sha256 ${dataset.digest}</code> ${dataset.source}, ${dataset.rows.toLocaleString('en')} rows`],
    ['Task', `${task} version ${manifest.task.version}; ${items} of ${expectedItems} items stored`],
    ['Engine', `${ranOn(manifest.model)}; estimator ${settings.estimator}`],
    ...row.sessions.map(
      (session) =>
        [
          'Session',
          `${session.started}, ${session.state}, ${session.items} items in ${shortNumber(session.seconds)} s; ${session.software}; ${session.machine}`,
        ] as const,
    ),
  ];
  const t = settings.steps.length === 0 ? '' : `, T ${settings.steps.join(',')}`;
  const sampler = settings.sampler === undefined ? '' : `, sampler ${samplerText(settings.sampler)}`;
  const reading =
    manifest.model.family === 'diffusion'
      ? `, attention ${settings.openFraction}, shift ${settings.shift ? 'on' : 'off'}${sampler}, seed ${settings.seed}${t}`
      : '';
  return html`<details><summary>${task}, ${nameHtml(model)} <small>${settings.protocol}${reading}; ${runId.slice(0, 12)}</small></summary>
<div class="inside" id="run-${runId.slice(0, 12)}">
<pre>${command}</pre>
${commandNotes.map((note) => html`<p class="note">${note}</p>`)}
<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<details><summary>Manifest</summary><pre>${JSON.stringify(manifest, null, 2)}</pre></details>
</div></details>`;
}

const ranOn = ({ engine, provider, dtype }: ModelIdentity): string =>
  [engine, ...(provider === undefined ? [] : [provider]), dtype].join(', ');
