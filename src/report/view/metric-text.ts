/** How estimates are spelt for people. The only place that turns fractions into percent. */
import type { Estimate } from '../../core/estimate.ts';
import type { Family } from '../../core/question.ts';
import { metricSpec } from '../../metrics/metric-spec.ts';
import { isUnbounded } from '../../stats/clustered/estimate-items.ts';

/** A value of a metric without its interval: shares in percent. */
export const valueText = (metric: string, x: number): string =>
  metricSpec(metric)?.unit === 'fraction' ? percentText(x) : decimalText(x);

/** `62.5 [59.0, 65.9]`: value and interval, `[unknown]` where one value says nothing of its spread; shares in percent, `≤` before an upper bound of what the name says, `≥` before a lower one. */
export function estimateText(metric: string, family: Family, estimate: Estimate): string {
  const { value, low, high } = estimate;
  const shown = (x: number) => valueText(metric, x);
  const interval = isUnbounded(estimate) ? 'unknown' : `${shown(low)}, ${shown(high)}`;
  return `${BOUND_MARKS[metricSpec(metric, family)?.bound ?? 'none']}${shown(value)} [${interval}]`;
}

const BOUND_MARKS = { upper: '≤ ', lower: '≥ ', none: '' } as const;

/** `-1.2 [-3.0, +0.6]`: a difference of two values of a metric, in points of percent for shares. */
export function differenceText(metric: string, estimate: Estimate): string {
  const { value, low, high } = estimate;
  const signed = (x: number) => signedText(metric, x);
  return `${signed(value)} [${isUnbounded(estimate) ? 'unknown' : `${signed(low)}, ${signed(high)}`}]`;
}

/** A difference of values of a metric, with its sign; none where it is 0 as spelt. */
export function signedText(metric: string, x: number): string {
  const text = valueText(metric, Math.abs(x));
  return Number(text) === 0 ? text : `${x < 0 ? '-' : '+'}${text}`;
}

/** The value is an upper bound of what its name says: diffusion models give the ELBO, not the likelihood. */
export const isBound = (metric: string, family: Family): boolean => metricSpec(metric, family)?.bound === 'upper';

/** `1,033 in 164`: the items behind an estimate, and the clusters that they fall into. */
export function itemsText({ n, clusters }: Pick<Estimate, 'n' | 'clusters'>): string {
  const items = n.toLocaleString('en');
  return clusters === undefined ? items : `${items} in ${clusters.toLocaleString('en')}`;
}

const FEWER = '†';
/** Under a table where `itemsInRow` marks a value. */
export const FEWER_NOTE = `${FEWER} over fewer items than another value of its row; differences by bench compare are over the items of both.`;

/** `52 †`: as `itemsText`, marked where another value of the row is over more items. */
export const itemsInRow = (estimate: Estimate, row: readonly (Estimate | null)[]): string =>
  row.some((other) => other !== null && other.n > estimate.n) ? `${itemsText(estimate)} ${FEWER}` : itemsText(estimate);

/** Some value of the row is over fewer items than another. */
export const areUneven = (row: readonly (Estimate | null)[]): boolean =>
  new Set(row.flatMap((estimate) => estimate?.n ?? [])).size > 1;

/** `at most 1,200`: passes, where they were not counted. */
export const passesText = ({ passes, isMost }: { readonly passes: number; readonly isMost: boolean }): string =>
  `${isMost ? 'at most ' : ''}${passes.toLocaleString('en')}`;

/** p for people: three digits, never 0. */
export const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** A fraction in percent, without the sign. */
export const percentText = (fraction: number): string => (100 * fraction).toFixed(1);

/** Three decimals below 100, one from there on. */
const decimalText = (x: number): string => x.toFixed(Math.abs(x) < 100 ? 3 : 1);
