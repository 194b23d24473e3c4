/** A report as one self-contained HTML document. */

import { toldSection } from '../told/told-section.ts';
import { namedModels, type ReportView } from '../view/report-view.ts';
import { ablationsSection } from './ablations-section.ts';
import { conformanceSection } from './conformance-section.ts';
import { frontierSection } from './frontier-section.ts';
import { headlineSection } from './headline-section.ts';
import { html } from './html.ts';
import { noiseSection } from './noise-section.ts';
import { pageText } from './page.ts';
import { pairsSection } from './pairs-section.ts';
import { planningSection } from './planning-section.ts';
import { provenanceSection, warningsSection } from './provenance-section.ts';
import { samplersSection } from './samplers-section.ts';
import { counted, nameWriter, type Section } from './section.ts';
import { speedSection } from './speed-section.ts';

export interface ReportPageOptions {
  /** `curvesSection`: drawings take time, so it comes ready. */
  readonly curves: Section | null;
  /** What the drawings lack, in a sentence; null where nothing. */
  readonly drawingNote: string | null;
  /** Sections that other view models make; they come before the provenance. */
  readonly further?: readonly Section[];
}

/** The same view gives the same bytes, on one machine: drawings depend on its fonts. */
export function reportPage(view: ReportView, { curves, drawingNote, further = [] }: ReportPageOptions): string {
  const nameHtml = nameWriter(namedModels(view));
  const sections = [
    headlineSection(view, nameHtml),
    warningsSection(view),
    pairsSection(view, nameHtml),
    curves,
    frontierSection(view, nameHtml),
    planningSection(view, nameHtml),
    samplersSection(view, nameHtml),
    toldSection(view, nameHtml),
    ablationsSection(view, nameHtml),
    noiseSection(view, nameHtml),
    speedSection(view, nameHtml),
    conformanceSection(view),
    ...further,
    provenanceSection(view, nameHtml),
  ].flatMap((section) => section ?? []);
  const { models, tasks, runs, latest, warnings } = view;
  return pageText({
    title: `${models.length === 1 ? (models[0]?.name ?? '') : counted(models.length, 'model')} on ${counted(tasks.length, 'task')}`,
    lead: html`<p>Evaluation report over ${counted(runs, 'stored run')}${latest === null ? '' : html`, the youngest of <time datetime="${latest}">${latest.slice(0, 16).replace('T', ' ')} UTC</time>`}. ${
      warnings.length === 0 ? 'No warnings.' : html`<a href="#warnings-in">${counted(warnings.length, 'warning')}</a>.`
    }</p>`,
    sections,
    foot: html`<p>Made by bench report from stored runs only; made again from the same runs, it says the same.${drawingNote === null ? null : html` ${drawingNote}`}</p>`,
  });
}
