/** One cell of the table: how often each method errs, over many samples of problems. */

import { boundedDifference, boundedInterval } from '../../src/stats/clustered/bounded-interval.ts';
import { type ClusterLayout, clusterLayout } from '../../src/stats/clustered/cluster-layout.ts';
import { clusteredTest } from '../../src/stats/clustered/clustered-test.ts';
import { lossBound } from '../../src/stats/clustered/loss-bound.ts';
import { tangoBound } from '../../src/stats/intervals/tango-interval.ts';
import { wilsonInterval } from '../../src/stats/intervals/wilson-interval.ts';
import { mcNemar } from '../../src/stats/tests/mcnemar.ts';
import { logitWorld, type Pair, type PairDrawer, wholeProblemWorld } from './draw-pair.ts';
import { type RandomNumbers, randomNumbers } from './random-numbers.ts';

export const ALPHA = 0.05;
export const MARGIN = 0.02;

export interface CellSettings {
  readonly sizes: readonly number[];
  readonly base: number;
  readonly apart: number;
  readonly repetitions: number;
  readonly seed: number;
}

/** Shares of the repetitions, with items taken as independent and with clusters. */
export interface Shares {
  readonly independent: number;
  readonly clustered: number;
}

export interface Cell {
  /** Comparison of two equally good models: p at most alpha. */
  readonly falseAlarm: Shares;
  /** Gate, true loss equal to the margin: passes. */
  readonly falsePass: Shares;
  /** Gate, no true loss: passes. */
  readonly pass: Shares;
  /** 95 % interval of the accuracy holds that over new problems. */
  readonly accuracy: Shares;
  /** 95 % interval of a difference of the margin holds it. */
  readonly difference: Shares;
}

/** A verdict of both methods on one sample. */
type Judge = (sample: Sample) => readonly [independent: boolean, clustered: boolean];

interface Sample {
  readonly layout: ClusterLayout;
  readonly reference: Float64Array;
  readonly differences: Float64Array;
  readonly right: number;
  readonly gained: number;
  readonly lost: number;
}

export function simulateCell({ sizes, base, apart, repetitions, seed }: CellSettings): Cell {
  const layout = layoutOf(sizes);
  const world = (loss: number, judges: readonly Judge[], own: number) =>
    tally(layout, logitWorld(layout.sizes, { base, loss, apart }), judges, repetitions, randomNumbers(seed + own));
  const [falseAlarm, pass, accuracy] = world(0, [alarms, passes, holdsAccuracy(base)], 1) as [Shares, Shares, Shares];
  const [falsePass, difference] = world(MARGIN, [passes, holdsDifference(-MARGIN)], 2) as [Shares, Shares];
  return { falseAlarm, falsePass, pass, accuracy, difference };
}

export interface WholeProblems {
  readonly sizes: readonly number[];
  readonly churn: number;
  readonly repetitions: number;
  readonly seed: number;
}

/** False passes of the gate where a share MARGIN of the problems is lost whole. */
export function simulateWholeProblems({ sizes, churn, repetitions, seed }: WholeProblems): Shares {
  const layout = layoutOf(sizes);
  const draw = wholeProblemWorld(layout.sizes, MARGIN, churn);
  const [shares] = tally(layout, draw, [passes], repetitions, randomNumbers(seed)) as [Shares];
  return shares;
}

const layoutOf = (sizes: readonly number[]): ClusterLayout =>
  clusterLayout(sizes.flatMap((size, g) => new Array<number>(size).fill(g + 1)));

function tally(
  layout: ClusterLayout,
  draw: PairDrawer,
  judges: readonly Judge[],
  repetitions: number,
  random: RandomNumbers,
): readonly Shares[] {
  const pair = { reference: new Float64Array(layout.n), candidate: new Float64Array(layout.n) };
  const differences = new Float64Array(layout.n);
  const counts = judges.map(() => [0, 0] as [number, number]);
  for (let i = 0; i < repetitions; i++) {
    draw(random, pair);
    const sample = sampleOf(layout, pair, differences);
    judges.forEach((judge, j) => {
      const [independent, clustered] = judge(sample);
      const count = counts[j] as [number, number];
      count[0] += Number(independent);
      count[1] += Number(clustered);
    });
  }
  return counts.map(([independent, clustered]) => ({
    independent: independent / repetitions,
    clustered: clustered / repetitions,
  }));
}

function sampleOf(layout: ClusterLayout, { reference, candidate }: Pair, differences: Float64Array): Sample {
  let [right, gained, lost] = [0, 0, 0];
  for (let i = 0; i < reference.length; i++) {
    const before = reference[i] as number;
    const difference = (candidate[i] as number) - before;
    differences[i] = difference;
    right += before;
    if (difference > 0) gained++;
    else if (difference < 0) lost++;
  }
  return { layout, reference, differences, right, gained, lost };
}

/** McNemar's test stays where each item stands alone. */
const alarms: Judge = ({ layout, differences, gained, lost }) => {
  const isAlarm = mcNemar(gained, lost) <= ALPHA;
  return [isAlarm, isAlone(layout) ? isAlarm : clusteredTest(layout, differences) <= ALPHA];
};

const passes: Judge = ({ layout, differences, gained, lost }) => [
  tangoBound(gained, lost, layout.n, 1 - ALPHA) > -MARGIN,
  lossBound(layout, differences, ALPHA).loss < MARGIN,
];

const holdsAccuracy =
  (truth: number): Judge =>
  ({ layout, reference, right }) => [
    holds(wilsonInterval(right, layout.n), truth),
    holds(boundedInterval(layout, reference), truth),
  ];

const holdsDifference =
  (truth: number): Judge =>
  ({ layout, differences, gained, lost }) => {
    const level = 1 - ALPHA / 2;
    const n = layout.n;
    const tango = { low: tangoBound(gained, lost, n, level), high: -tangoBound(lost, gained, n, level) };
    return [holds(tango, truth), holds(isAlone(layout) ? tango : boundedDifference(layout, differences), truth)];
  };

const isAlone = ({ typicalSize }: ClusterLayout): boolean => typicalSize === 1;
const holds = ({ low, high }: { low: number; high: number }, truth: number): boolean => low <= truth && truth <= high;
