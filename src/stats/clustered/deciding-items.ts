import type { Fraction } from '../../core/units.ts';
import { itemsNeeded } from '../tests/items-needed.ts';
import { type ClusterLayout, clusterMean, effectiveItems } from './cluster-layout.ts';
import { type ClusteredMargin, itemsWithoutLoss } from './clustered-non-inferiority.ts';

/**
 * Items, in clusters like these, with which a gate would decide with the power asked for if the true difference is the observed
 * one: to rule the margin out where the loss is smaller, to show the loss where it is not. More than there are, and no fewer
 * than are worth `itemsWithoutLoss`. A loss is shown where its p is small enough for the first step of Holm's correction.
 *
 * @param tests over which p-values are corrected; default: 1. The margin is ruled out without a correction
 * @param gains value − reference of each item, turned so that higher is better
 * @source `itemsNeeded`, times the design effect of `effectiveItems`
 */
export function decidingItems(
  layout: ClusterLayout,
  gains: ArrayLike<number>,
  {
    margin,
    alpha,
    isBounded,
    power,
    tests = 1,
  }: ClusteredMargin & { readonly power: Fraction; readonly tests?: number },
): number {
  const { n } = layout;
  const mean = clusterMean(layout, gains);
  const each = n / effectiveItems(layout, mean, [-1, 1]);
  const isLoss = mean.value <= -margin;
  const distance = isLoss ? -mean.value : margin + Math.min(0, mean.value);
  const spread = layout.count < 2 ? Math.abs(mean.value) : Math.sqrt(mean.variance * n);
  const deviation = isBounded ? rootMeanSquare(gains) * Math.sqrt(each) : spread;
  const floor = isBounded && margin < 1 ? Math.ceil(each * itemsWithoutLoss(margin, alpha)) : 2;
  return Math.max(
    n + 1,
    floor,
    itemsNeeded(deviation, distance, { alpha: isLoss ? alpha / tests : alpha, power, sides: 1 }),
  );
}

/** √ψ of 0/1 values, ψ the share of pairs that differ. */
function rootMeanSquare(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
  return Math.sqrt(squares / values.length);
}
