/** Of texts written under several views: those that a metric without a view's name judges, and what stands beside them. */
import type { ItemRecord } from '../core/record.ts';
import type { Written } from '../core/response.ts';
import { parseMetric } from './metric-name.ts';
import type { WrittenViews } from './written-views.ts';

/** Stored views are sorted by name; the first of a question is called so where there are several. */
const FIRST = 'default';

/** An item and what was answered. */
export type ScoredItem = Pick<ItemRecord, 'score' | 'response'>;

/**
 * The view that metrics without a view's name judge: the one called `default`, else the only one that no metric names (`NAME@view`).
 *
 * @returns its name, also where it was refused; null where nothing was written or the values do not tell
 */
export function judgedView({ score, response }: ScoredItem): string | null {
  if (response.kind !== 'written') return null;
  const { views, refused = {} } = response;
  if (FIRST in views || FIRST in refused) return FIRST;
  const names = score.kind === 'scored' ? Object.keys(score.values) : [];
  const named = new Set(names.map((name) => parseMetric(name).view));
  const [view = null, ...more] = Object.keys(views).filter((name) => !named.has(name));
  return more.length === 0 ? view : null;
}

/** The texts of that view; none where it was refused. */
export function judgedTexts(record: ScoredItem): readonly Written[] {
  const { response } = record;
  const view = judgedView(record);
  return response.kind !== 'written' || view === null ? [] : (response.views[view] ?? []);
}

/** null where there is one view, or no metric without a view's name. */
export function writtenViews(records: readonly ItemRecord[]): WrittenViews | null {
  const all = new Set(
    records.flatMap(({ response }) => (response.kind === 'written' ? Object.keys(response.views) : [])),
  );
  const judged = records.map(judgedView).find((view) => view !== null && all.has(view)) ?? null;
  return all.size < 2 || judged === null ? null : { judged, others: [...all].filter((view) => view !== judged).sort() };
}
