/** An experiment of the article, run again, as a page. */
import { engineText } from '../../core/model.ts';
import { engineNote } from '../frontier/computed-by.ts';
import type { FrontierPoint } from '../frontier/document.ts';
import { chartsSection, tableSection } from '../frontier/page.ts';
import { conformanceSection } from '../html/conformance-section.ts';
import { type Html, html } from '../html/html.ts';
import { scrollTable } from '../html/numbers.ts';
import { pageText } from '../html/page.ts';
import { counted, isLong, type Section, wholeName } from '../html/section.ts';
import type { SpeedDocument } from '../speed/document.ts';
import { percentText } from '../view/metric-text.ts';
import type { MiniatureArm, NotRun, Reproduction, ReproductionPlan } from './document.ts';
import { meanOf } from './text.ts';

export function reproductionPage(reproduction: Reproduction): string {
  const { plan, tables, frontiers, speeds, miniature, notRun, runs, out } = reproduction;
  const points = frontiers.flatMap((frontier) => frontier.points);
  const sections = [
    tables.length === 0 ? null : { ...conformanceSection({ conformance: [...tables] }), isFolded: false },
    points.length === 0 ? null : chartsSection(points),
    points.length === 0 ? null : textsSection(points),
    speeds.length === 0 ? null : speedsSection(speeds),
    miniature === null ? null : miniatureSection(miniature),
    planSection(plan, notRun),
  ].flatMap((section) => section ?? []);
  const smoke =
    plan.isSmoke && plan.cells.length > 0
      ? html`<p><b>A smoke run:</b> built-in checkpoints on two built-in rows of each task, or a few short texts. It shows that all works, and says nothing of the article.</p>`
      : null;
  return pageText({
    title: plan.title,
    lead: html`${smoke}${plan.notes.map((note) => html`<p>${note}</p>`)}`,
    sections,
    foot: html`<p>Made by bench reproduce ${plan.name} from ${counted(runs, 'stored run')}${points.length === 0 ? '' : ` and ${counted(points.length, 'set')} of texts`} in ${out}.</p>`,
  });
}

function textsSection(points: readonly FrontierPoint[]): Section {
  const section = tableSection(points);
  return { ...section, html: html`<p>${engineNote(points)}</p>${section.html}` };
}

function planSection({ cells, isSmoke }: ReproductionPlan, notRun: readonly NotRun[]): Section {
  const head = html`<tr><th scope="col">Model</th><th scope="col">What</th><th scope="col">Settings</th><th scope="col" class="num">Items</th><th scope="col" class="num">Passes, about</th><th scope="col">Weights and data</th></tr>`;
  const rows = cells.map(
    ({ model, what, settings, items, passes, missing }) =>
      html`<tr><th scope="row" class="name">${wholeName(model)}</th><td>${what}</td><td>${settings}</td><td class="num">${items?.toLocaleString('en') ?? '–'}</td><td class="num">${passes.toLocaleString('en')}</td><td>${isSmoke ? 'a built-in checkpoint stands in' : (missing ?? 'here')}</td></tr>`,
  );
  const failed = notRun.map(({ what, reason }) => html`<li>${what}: ${reason}</li>`);
  return {
    id: 'plan',
    title: 'The matrix of runs',
    gist: cells.length === 0 ? 'none: no weights were published' : counted(cells.length, 'run'),
    isFolded: isLong(cells.length),
    html: html`${cells.length === 0 ? html`<p>Nothing can be run: none of its weights were published.</p>` : scrollTable('Everything that the experiment asks', head, rows)}${failed.length === 0 ? null : html`<h3>Not run</h3><ul>${failed}</ul>`}`,
  };
}

function speedsSection(speeds: readonly SpeedDocument[]): Section {
  const head = html`<tr><th scope="col">Model</th><th scope="col" class="num">Length</th><th scope="col" class="num">T</th><th scope="col" class="num">Passes</th><th scope="col" class="num">Seconds, median</th><th scope="col" class="num">Tokens/s</th><th scope="col" class="num">Peak MiB</th></tr>`;
  const rows = speeds.flatMap(({ points }) =>
    points.map(
      ({ model, length, steps, nfe, median, tokensPerSecond, peakBytes }) =>
        html`<tr><th scope="row" class="name">${wholeName(model)}</th><td class="num">${length}</td><td class="num">${steps ?? 'left to right'}</td><td class="num">${nfe}</td><td class="num">${median.toFixed(3)}</td><td class="num">${tokensPerSecond.toFixed(1)}</td><td class="num">${peakBytes === null ? '–' : (peakBytes / 2 ** 20).toFixed(0)}</td></tr>`,
    ),
  );
  const [first] = speeds;
  const gaps: readonly Html[] = speeds.flatMap((each) =>
    each.gaps.map(({ model, length, reason }) => html`<p class="note">${model}, length ${length}: ${reason}.</p>`),
  );
  return {
    id: 'speed',
    title: 'Seconds a text',
    html: html`<p>One text at a time, on ${first?.machine.cpu ?? ''}, engine ${[...new Set(speeds.map(engineText))].join(', ')}; autoregressive models keep keys and values.</p>${scrollTable('Passes, seconds and memory of a text', head, rows)}${gaps}`,
  };
}

function miniatureSection(arms: readonly MiniatureArm[]): Section {
  const head = html`<tr><th scope="col">Arm</th><th scope="col">Task</th><th scope="col" class="num">Right, mean over seeds</th><th scope="col">By seed</th></tr>`;
  const rows = arms.map(
    ({ name, task, bySeed }) =>
      html`<tr><th scope="row" class="name">${name}</th><td>${task}</td><td class="num">${percentText(meanOf(bySeed))} %</td><td>${bySeed.map(percentText).join(', ')}</td></tr>`,
  );
  return {
    id: 'miniature',
    title: 'The miniature beside it',
    html: html`<p>The weights of these rows were not published. What the same arms reach in models of 0.7 million parameters that the project trained from one base at equal budget (<code>results/miniature/README.md</code>); T = 32, canonical sampler.</p>${scrollTable('The miniature by training arm', head, rows)}`,
  };
}
