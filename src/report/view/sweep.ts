/**
 * A stored diffusion run as a curve over the number of steps T: each T with its interval, its paired difference to the
 * largest T, and whether it is non-inferior to it. Numbers only; sweep-table.ts spells them.
 */
import type { Estimate } from '../../core/estimate.ts';
import type { Fraction } from '../../core/units.ts';
import { parseMetric } from '../../metrics/metric-name.ts';
import { directionOf, isBounded } from '../../metrics/metric-spec.ts';
import type { WrittenViews } from '../../metrics/written-views.ts';
import { layoutOf } from '../../stats/clustered/cluster-layout.ts';
import { clusteredNonInferiority, type NonInferiority } from '../../stats/clustered/clustered-non-inferiority.ts';
import { pairedValues, type ValuePair } from '../../stats/paired-values.ts';
import type { SamplerFrontier } from '../charts/sampler-frontier.ts';
import { differenceOf, itemValues, type StoredRecords } from './common-items.ts';
import type { RunFacts, WritingStep } from './run-facts.ts';
import { type BesideScore, besideScore, comparison, type ReportedRun, type SweepComparison } from './sweep-beside.ts';

/**
 * What is compared, before `@T`: choices by their accuracies, then the headline and other shares of written texts; scored answers by
 * their nats.
 */
const ACCURACIES = ['accNelbo', 'accLikelihood', 'accOfficial'];
const NATS = ['nelbo', 'likelihood', 'official'];
/** The bound in continuous time, from which NELBO_T differs by the bias of its grid. */
const CONTINUOUS = 'nelbo';
/** Stands beside its bound where all masks were run. */
const EXACT = 'likelihood';

export interface SweepSettings {
  /** Loss of accuracy that counts as none. */
  readonly margin: Fraction;
  readonly alpha: Fraction;
}

export interface SweepPoint {
  readonly steps: number;
  readonly value: Estimate;
  /** value − value at the largest T, paired by item; null at the largest T. */
  readonly difference: Estimate | null;
  /** Against the largest T; null there, and for scores in nats, which have no margin. */
  readonly nonInferiority: NonInferiority | null;
  /** NELBO_T − NELBO, paired by item: the bias of a grid of T steps. null for other scores. */
  readonly gridBias: Estimate | null;
}

export interface SweepScore extends BesideScore {
  /** Name of the metric without its `@T`. */
  readonly metric: string;
  /** T ascending; the last is the reference. */
  readonly points: readonly SweepPoint[];
  /**
   * Smallest T that is non-inferior to the largest, as is every T between; the largest where no other is. null for
   * scores in nats. Testing downwards and stopping at the first failure keeps the chance of any wrong T at alpha.
   */
  readonly smallest: number | null;
}

/** `nfe` and `seconds` are over all T. */
export interface Sweep extends Pick<RunFacts, 'model' | 'task' | 'protocol' | 'path' | 'nfe' | 'seconds'> {
  /** How texts were written where that was not as the task has it. */
  readonly sampler?: string;
  /** `shared`: every T comes from one set of passes; `separate`: each T was drawn by itself. */
  readonly passes: 'shared' | 'separate';
  /** What each T took; empty where all T share their passes. */
  readonly writing: readonly WritingStep[];
  /** Whose texts `writing` counts, where they were written in several views. */
  readonly writtenViews?: WrittenViews;
  readonly scores: readonly SweepScore[];
}

export interface SweepDocument extends SweepSettings {
  readonly format: 'bench-sweep/1';
  readonly sweeps: readonly Sweep[];
  /** Over all items of the autoregressive models; over those of a score they stand beside it. */
  readonly comparisons: readonly SweepComparison[];
  /** Where several samplers were asked for. */
  readonly frontiers: readonly SamplerFrontier[];
  /** Settings that changed nothing, a sentence each. */
  readonly deadKnobs: readonly string[];
  readonly runs: readonly RunFacts[];
}

/** What `bench sweep --json` prints, and its tables show. */
export function toSweepDocument(
  executed: readonly ReportedRun[],
  { margin, alpha }: SweepSettings,
  { frontiers, deadKnobs }: Pick<SweepDocument, 'frontiers' | 'deadKnobs'> = { frontiers: [], deadKnobs: [] },
): SweepDocument {
  const runs = executed.map(({ report }) => report);
  const causal = executed.filter(({ report }) => report.family === 'autoregressive');
  return {
    format: 'bench-sweep/1',
    margin,
    alpha,
    sweeps: executed
      .filter(({ report }) => report.family === 'diffusion' && report.steps.length > 1)
      .map((run) => {
        const beside = causal.filter(({ report }) => report.task === run.report.task);
        return toSweep(run, beside, { margin, alpha });
      }),
    frontiers,
    deadKnobs,
    comparisons: causal.flatMap((run) => comparison(run)),
    runs,
  };
}

function toSweep(run: ReportedRun, causal: readonly ReportedRun[], settings: SweepSettings): Sweep {
  const { stored, report } = run;
  const { model, task, protocol, path, nfe, seconds } = report;
  const { writing = [], sampler, writtenViews } = report;
  const passes = report.stepsFrom ?? (protocol === 'paper' ? 'separate' : 'shared');
  const has = (metric: string) => report.steps.every((steps) => `${metric}@${steps}` in report.metrics);
  const duels = Object.keys(report.metrics).filter((name) => /^(accDuel|duel):[^@]+$/.test(name));
  const accuracies = [...new Set([...ACCURACIES, report.headline, ...sharesByStep(report)])].filter(has);
  const nats = [...NATS.filter(has).filter((name, at) => at === 0 || name === EXACT), ...duels.filter(has)];
  const metrics = accuracies.length > 0 ? accuracies : nats;
  const widest = widestOf(metrics, report);
  const scores = metrics.map((metric) => ({
    ...toScore(metric, stored, report, settings),
    ...besideScore(run, metric, widest, causal),
  }));
  const by = sampler === undefined ? {} : { sampler };
  const views = writtenViews === undefined ? {} : { writtenViews };
  return { model, task, protocol, ...by, path, passes, writing, ...views, nfe, seconds, scores };
}

/** The first of the metrics of the most items. */
function widestOf(metrics: readonly string[], { steps, metrics: all }: RunFacts): string {
  const items = (metric: string) => all[`${metric}@${steps.at(-1)}`]?.n ?? 0;
  return [...metrics].sort((a, b) => items(b) - items(a))[0] ?? '';
}

/** Names of the shares that a report has for some T, without their `@T`. */
function sharesByStep({ metrics }: RunFacts): readonly string[] {
  return Object.keys(metrics).flatMap((name) => {
    const { base, steps, draw, view } = parseMetric(name);
    return steps !== null && draw === null && view === null && isBounded(name) ? [base] : [];
  });
}

function toScore(
  metric: string,
  stored: StoredRecords,
  report: RunFacts,
  settings: SweepSettings,
): Omit<SweepScore, keyof BesideScore> {
  const { steps: all, metrics, unscored } = report;
  const largest = all.at(-1) as number;
  const reference = itemValues(stored, `${metric}@${largest}`);
  const hasMargin = isBounded(`${metric}@${largest}`);
  const points = all.map((steps): SweepPoint => {
    const name = `${metric}@${steps}`;
    const values = itemValues(stored, name);
    const toLargest = steps === largest ? null : pairedValues(values, reference);
    const toContinuous = metric === CONTINUOUS ? pairedValues(values, itemValues(stored, CONTINUOUS)) : null;
    return {
      steps,
      value: metrics[name] as Estimate,
      difference: toLargest === null ? null : differenceOf(name, toLargest, unscored),
      nonInferiority: toLargest === null || !hasMargin ? null : nonInferiorityOf(name, toLargest, settings),
      gridBias: toContinuous === null ? null : differenceOf(name, toContinuous, unscored),
    };
  });
  return { metric, points, smallest: hasMargin ? smallestOf(points) : null };
}

function nonInferiorityOf(name: string, pairs: readonly ValuePair[], settings: SweepSettings): NonInferiority {
  const gains = pairs.map((pair) => directionOf(name) * (pair.value - pair.reference));
  return clusteredNonInferiority(layoutOf(pairs), gains, { ...settings, isBounded: isBounded(name) });
}

/**
 * Tests in a fixed order, from the T below the largest downwards, each at the full alpha, until one fails.
 *
 * @source Maurer, Hothorn and Lehmacher 1995 (fixed-sequence testing keeps the familywise error)
 */
function smallestOf(points: readonly SweepPoint[]): number {
  const below = points.slice(0, -1).reverse();
  const failed = below.findIndex((point) => point.nonInferiority?.nonInferior !== true);
  const passed = failed < 0 ? below : below.slice(0, failed);
  return (passed.at(-1) ?? (points.at(-1) as SweepPoint)).steps;
}
