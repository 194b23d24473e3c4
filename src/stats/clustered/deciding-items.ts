import type { Fraction } from '../../core/units.ts';
import { itemsNeeded } from '../tests/items-needed.ts';
import { type ClusterLayout, clusterMean, effectiveItems } from './cluster-layout.ts';
import { type ClusteredMargin, itemsWithoutLoss } from './clustered-non-inferiority.ts';

/**
 * Items, in clusters like these, with which a gate would decide with the power asked for if the true difference is the observed
 * one: to rule the margin out where the loss is smaller, to show the loss where it is not. More than there are, and no fewer
 * than are worth `itemsWithoutLoss`.
 *
 * @param gains value − reference of each item, turned so that higher is better
 * @source `itemsNeeded`, times the design effect of `effectiveItems`
 */
export function decidingItems(
  layout: ClusterLayout,
  gains: ArrayLike<number>,
  { margin, alpha, isBounded, power }: ClusteredMargin & { readonly power: Fraction },
): number {
  const { n } = layout;
  const mean = clusterMean(layout, gains);
  const each = n / effectiveItems(layout, mean, [-1, 1]);
  const distance = mean.value > -margin ? margin + Math.min(0, mean.value) : -mean.value;
  const spread = layout.count < 2 ? Math.abs(mean.value) : Math.sqrt(mean.variance * n);
  const deviation = isBounded ? rootMeanSquare(gains) * Math.sqrt(each) : spread;
  const floor = isBounded && margin < 1 ? Math.ceil(each * itemsWithoutLoss(margin, alpha)) : 2;
  return Math.max(n + 1, floor, itemsNeeded(deviation, distance, { alpha, power, sides: 1 }));
}

/** √ψ of 0/1 values, ψ the share of pairs that differ. */
function rootMeanSquare(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
  return Math.sqrt(squares / values.length);
}
