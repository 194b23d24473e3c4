import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { studentTQuantile } from '../distributions/student-t-quantile.ts';
import { mean } from '../sum.ts';
import { clusterSums } from './cluster-sums.ts';

/**
 * Mean of items that come in clusters, with an interval that allows any dependence within a cluster: the sandwich variance
 *
 *   G / (G − 1) · Σ_g ( Σ_{i in g} (x_i − mean) )² / n²
 *
 * and Student's t with G − 1 degrees of freedom, G clusters. With clusters of one item it is `meanInterval`. Some tens of
 * clusters are needed for the nominal coverage.
 *
 * @param clusters name of the cluster of each value
 * @throws RangeError on fewer than two clusters, a value that is not finite, or a confidence outside 0..1
 * @source Liang and Zeger 1986, "Longitudinal data analysis using generalized linear models", with the correction G / (G − 1);
 *         Miller 2024, "Adding error bars to evals", arXiv:2411.00640, section 2.2
 */
export function clusterRobustInterval(
  values: readonly number[],
  clusters: readonly string[],
  confidence: Fraction = 0.95,
  unscored = 0,
): Estimate {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`clusterRobustInterval: needs 0 < confidence < 1, got ${confidence}`);
  }
  const sums = clusterSums(values, clusters);
  const count = sums.length;
  if (count < 2) throw new RangeError(`clusterRobustInterval: needs at least two clusters, got ${count}`);
  const [value, n] = [mean(values), values.length];
  const squares = sums.reduce((total, each) => total + (each.sum - each.count * value) ** 2, 0);
  const stderr = Math.sqrt((count / (count - 1)) * squares) / n;
  const reach = studentTQuantile((1 + confidence) / 2, count - 1) * stderr;
  const method = `mean, Student t over ${count} clusters`;
  return { value, low: value - reach, high: value + reach, confidence, stderr, n, unscored, method };
}
