/** One self-contained document: opens from disk, asks for nothing, runs nothing but the scripts whose digests it names. */
import { createHash } from 'node:crypto';
import { type Html, html, jsonForScript, trusted } from './html.ts';
import type { Section } from './section.ts';
import { STYLE } from './style.ts';

export interface Page {
  readonly title: string;
  /** Under the title. */
  readonly lead: Html;
  readonly sections: readonly Section[];
  readonly foot: Html;
}

export function pageText({ title, lead, sections, foot }: Page): string {
  const scripts = sections.flatMap((section) => section.scripts ?? []);
  const style = [STYLE, ...sections.flatMap((section) => section.style ?? [])].join('');
  const data = sections.flatMap((section) => section.data ?? []);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(style, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header>
<h1>${title}</h1>
${lead}
</header>
<div class="columns">
<nav aria-label="Contents"><ol>${sections.map((each) => html`<li><a href="#${anchorOf(each)}">${each.title}</a></li>`)}</ol></nav>
<main id="main" tabindex="-1">
${sections.map(
  (each) => html`<section id="${each.id}" aria-labelledby="${each.id}-title">
${each.gist === undefined ? plain(each) : folding(each, each.gist)}
</section>
`,
)}</main>
</div>
<footer>${foot}</footer>
${data.map(({ id, value }) => html`<script type="application/json" id="${id}">${jsonForScript(value)}${END_OF_SCRIPT}`)}${scripts.map(
  (script) => html`<script>${trusted(checkedScript(script))}${END_OF_SCRIPT}`,
)}</body>
</html>
`;
  return page.toString();
}

/** A value: the bundler breaks an end of a script that stands in a text. */
const END_OF_SCRIPT = trusted('</script>\n');

const titleHtml = ({ id, title }: Section): Html => html`<h2 id="${id}-title">${title}</h2>`;
const plain = (section: Section): Html => html`${titleHtml(section)}\n${section.html}`;

/** Opens without a script: by its heading, by a link to `anchorOf`, by a search in the page, and on paper. */
function folding(section: Section, gist: string): Html {
  const inside = html`<summary>${titleHtml(section)}<span class="gist">${gist}</span></summary>
<div class="inside" id="${anchorOf(section)}">
${section.html}
</div>`;
  return section.isFolded === true
    ? html`<details class="part">${inside}</details>`
    : html`<details class="part" open>${inside}</details>`;
}

/** Where links lead: into what folds, for that opens it. */
export const anchorOf = ({ id, gist }: Pick<Section, 'id' | 'gist'>): string => (gist === undefined ? id : `${id}-in`);

/** Nothing may be loaded; styles and scripts run only when their SHA-256 is named here. */
function contentPolicy(style: string, scripts: readonly string[]): string {
  const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const allowed = scripts.length === 0 ? "'none'" : [...new Set(scripts.map(digest))].join(' ');
  return [
    "default-src 'none'",
    `style-src ${digest(style)}`,
    `script-src ${allowed}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** A script stands in the page as it is, so it must not hold what ends or hides it. */
function checkedScript(script: string): string {
  if (/<\/script|<!--/i.test(script)) throw new TypeError('pageText: a script holds </script or <!--');
  return script;
}
