import type { Fraction } from '../../core/units.ts';
import { betaQuantile } from '../distributions/beta-quantile.ts';
import { normalQuantile } from '../distributions/normal-quantile.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { type ClusterLayout, clusterMean, effectiveItems } from './cluster-layout.ts';

/** What sums of fractions that make 1 may differ from it by. */
const ROUNDING = 1e-9;

export interface LossBound {
  /** Largest mean loss that the items do not exclude; negative where a gain is shown. */
  readonly loss: number;
  /** Independent items that these are worth. */
  readonly items: number;
}

/**
 * Upper (1 − alpha) bound of the mean loss of paired differences in −1..1, higher values being better.
 *
 * Losses l and gains u of items, one of them 0, are bounded apart, each as auditors bound a mean of amounts that are mostly 0
 * (Stringer): Clopper and Pearson's bound of the share with an amount of t or more, averaged over t. The two are then squared
 * and added about l̄ − ū, with the correlation that they have because no item has both. So without any difference the bound is
 * that of 0 events in n, 1 − alpha^(1/n); with losses of 1 alone it is Clopper and Pearson's; a few amounts cannot make it
 * narrower than the losses that could stand unseen beside them.
 *
 * For clusters n is `effectiveItems`, made smaller for the degrees of freedom that their variance has. With one cluster the
 * bound is 1. Small populations, enumerated in the test, get no bound below their loss with more than alpha.
 *
 * @throws RangeError on differences outside −1..1 or that do not fit the layout, or an alpha outside 0..0.5
 * @source Stringer 1963, "Practical aspects of statistical sampling in auditing"; Bickel 1992, "Inference and auditing: the
 *         Stringer bound"; Newcombe 1998 (method 10 for paired shares) and Zou and Donner 2008 for squaring and adding;
 *         Korn and Graubard 1998 for clusters
 */
export function lossBound(layout: ClusterLayout, differences: ArrayLike<number>, alpha: Fraction): LossBound {
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`lossBound: needs 0 < alpha < 0.5, got ${alpha}`);
  const levels = levelsOf(differences);
  const items = worthOf(layout, differences, alpha);
  const lost = levels.map(({ size, share }) => ({ size: Math.max(0, -size), share }));
  const kept = levels.map(({ size, share }) => ({ size: 1 - Math.max(0, size), share }));
  const [loss, rest] = [momentsOf(lost), momentsOf(kept)];
  const gain = 1 - rest.mean;
  const more = meanBound(lost, items, alpha) - loss.mean;
  const fewer = meanBound(kept, items, alpha) - rest.mean;
  const spreads = Math.sqrt(loss.variance * rest.variance);
  const correlation = rest.variance === 0 ? 1 : spreads === 0 ? 0 : Math.min(1, (loss.mean * gain) / spreads);
  const reach = Math.sqrt(more * more + fewer * fewer + 2 * correlation * more * fewer);
  return { loss: Math.min(1, loss.mean - gain + reach), items };
}

/** A size that items have, and the share of the items that have it. */
interface Level {
  readonly size: number;
  readonly share: Fraction;
}

/** The distinct differences, the lowest first. */
function levelsOf(differences: ArrayLike<number>): readonly Level[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < differences.length; i++) {
    const size = differences[i]!;
    if (!(Math.abs(size) <= 1 + ROUNDING)) throw new RangeError(`lossBound: needs differences in −1..1, got ${size}`);
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  const ascending = [...counts].sort(([a], [b]) => a - b);
  return ascending.map(([size, count]) => ({ size, share: count / differences.length }));
}

function momentsOf(levels: readonly Level[]): { readonly mean: number; readonly variance: number } {
  const mean = levels.reduce((sum, { size, share }) => sum + size * share, 0);
  const isSame = levels.every(({ size }) => size === levels[0]?.size);
  return { mean, variance: isSame ? 0 : levels.reduce((sum, { size, share }) => sum + share * (size - mean) ** 2, 0) };
}

/** Effective items, less what is lost because their variance is estimated from few clusters. 0 for a single cluster. */
function worthOf(layout: ClusterLayout, differences: ArrayLike<number>, alpha: Fraction): number {
  if (layout.typicalSize === 1) return layout.n;
  if (layout.count < 2) return 0;
  const mean = clusterMean(layout, differences);
  const quantiles = normalQuantile(1 - alpha) / studentTQuantile(1 - alpha, mean.degrees);
  return effectiveItems(layout, mean, [-1, 1]) * quantiles ** 2;
}

/**
 * Stringer's bound of a mean: Σ_j t_j (p_j − p_{j−1}) over its levels from the largest down, p_j Clopper and Pearson's bound of
 * the share of items that have t_j or more, and p_0, that of none, counted with 1.
 */
function meanBound(levels: readonly Level[], items: number, alpha: Fraction): number {
  if (items === 0) return 1;
  let [share, before] = [0, shareBound(0, items, alpha)];
  let total = before;
  for (const level of levels) {
    if (level.size === 0) break;
    share += level.share;
    const bound = shareBound(share * items, items, alpha);
    total += level.size * (bound - before);
    before = bound;
  }
  return total;
}

/** Clopper and Pearson's upper bound of the share behind `events` in `items`, neither of them whole. */
function shareBound(events: number, items: number, alpha: Fraction): Fraction {
  if (events === 0) return 1 - alpha ** (1 / items);
  return items - events < ROUNDING * items ? 1 : betaQuantile(1 - alpha, events + 1, items - events);
}
