/** How numbers stand on the page: value and lighter interval, a whisker under them, a word for a verdict. */
import type { Estimate } from '../../core/estimate.ts';
import { metricSpec } from '../../metrics/metric-spec.ts';
import { isUnbounded } from '../../stats/clustered/estimate-items.ts';
import { signedText, valueText } from '../view/metric-text.ts';
import { type Html, html } from './html.ts';

/** A value and its interval, `≤` before an upper bound of what the metric's name says. */
export function estimateHtml(metric: string, estimate: Estimate, isBound = false): Html {
  const { value, low, high } = estimate;
  const interval = isUnbounded(estimate) ? 'unknown' : `${valueText(metric, low)}, ${valueText(metric, high)}`;
  return html`<span class="value">${isBound ? '≤ ' : ''}${minus(valueText(metric, value))}</span> <span class="interval">[${minus(interval)}]</span>`;
}

/** A difference and its interval, with signs. */
export function differenceHtml(metric: string, estimate: Estimate): Html {
  const { value, low, high } = estimate;
  const interval = isUnbounded(estimate) ? 'unknown' : `${signedText(metric, low)}, ${signedText(metric, high)}`;
  return html`<span class="value">${minus(signedText(metric, value))}</span> <span class="interval">[${minus(interval)}]</span>`;
}

/** The real minus sign, as wide as a plus. */
export const minus = (text: string): string => text.replaceAll('-', '−');

/** Three significant digits, with thousands set apart. */
export function shortNumber(x: number): string {
  if (!Number.isFinite(x)) return '–';
  const digits = Math.abs(x) >= 100 ? 0 : Math.abs(x) >= 10 ? 1 : Math.abs(x) >= 1 ? 2 : 3;
  return minus(x.toLocaleString('en', { maximumFractionDigits: digits }));
}

/** `1.2 G`, `35 k`. */
export function scaled(x: number): string {
  const [size, unit] = SCALES.find(([least]) => Math.abs(x) >= least) ?? [1, ''];
  return `${shortNumber(x / size)}${unit === '' ? '' : `\u202f${unit}`}`;
}

/** On an axis there is room for few characters. */
export const axisNumber = (x: number): string => (Math.abs(x) >= 10_000 ? scaled(x) : shortNumber(x));

const SCALES = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** What `acc` and its like mean, as a sentence's end; the name itself where no metric has it. */
export const metricAbout = (metric: string): string =>
  metricSpec(metric)?.description ?? 'a metric that this program does not know, higher taken as better';

/** `percent`, `nats`, … of a metric's values; `points` for differences of shares. */
export function unitOf(metric: string, isDifference = false): string {
  const unit = metricSpec(metric)?.unit ?? 'number';
  return unit === 'fraction' ? (isDifference ? 'points' : 'percent') : unit;
}

export type Tone = 'good' | 'warn' | 'bad' | 'none';

/** A verdict: a word on a ground of its tone, so that colour never says it alone. */
export const tag = (word: string, tone: Tone): Html => html`<span class="tag ${tone}">${word}</span>`;

export interface WhiskerRange {
  readonly from: number;
  readonly to: number;
  /** A level to see the value against: chance, or no difference. */
  readonly level: number | null;
}

const WIDTH = 132;
const HEIGHT = 12;
/** Room for a point at the end of the axis. */
const INSET = 4;

/** Interval and value on a small axis. Hidden from readers of the text: it repeats the numbers beside it. */
export function whisker({ value, low, high }: Estimate, { from, to, level }: WhiskerRange): Html {
  const share = (x: number) => Math.min(1, Math.max(0, (x - from) / (to - from || 1)));
  const at = (x: number) => (INSET + (WIDTH - 2 * INSET) * share(x)).toFixed(1);
  const middle = HEIGHT / 2;
  const floor =
    level === null ? null : html`<line class="floor" x1="${at(level)}" x2="${at(level)}" y1="0" y2="${HEIGHT}"/>`;
  return html`<svg class="whisker" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"><line class="axis" x1="0" x2="${WIDTH}" y1="${middle}" y2="${middle}"/>${floor}<line class="reach" x1="${at(low)}" x2="${at(high)}" y1="${middle}" y2="${middle}"/><circle class="point" cx="${at(value)}" cy="${middle}" r="3.2"/></svg>`;
}

/** A table that scrolls sideways inside itself, and that the keyboard reaches. */
export function scrollTable(caption: string, head: Html, body: Html | readonly Html[], kind = ''): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table class="${kind}"><caption><span>${caption} <span class="cue" aria-hidden="true">scrolls sideways →</span></span></caption><thead>${head}</thead><tbody>${body}</tbody></table>
</div>`;
}
