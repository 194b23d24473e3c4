/** Pairs of runs to a table of differences with verdicts. Numbers only; comparison-text.ts and its neighbours spell them. */
import type { Fraction } from '../../core/units.ts';
import { judgeDifference, mixesBound } from '../../metrics/judge-difference.ts';
import { marginFor } from '../../metrics/margin-for.ts';
import { directionOf, isBounded, metricSpec } from '../../metrics/metric-spec.ts';
import { clusterRobustInterval } from '../../stats/intervals/cluster-robust-interval.ts';
import { estimateMetric } from '../../stats/intervals/estimate-metric.ts';
import { discordant, isBinary } from '../../stats/intervals/paired-difference.ts';
import { pairedInterval } from '../../stats/intervals/paired-interval.ts';
import type { ItemValue, ValuePair } from '../../stats/paired-values.ts';
import { standardError } from '../../stats/standard-error.ts';
import { detectableBinaryDifference, detectableDifference } from '../../stats/tests/detectable-difference.ts';
import { holm } from '../../stats/tests/holm.ts';
import { clusterNotes } from '../measured/cluster-notes.ts';
import { type DifferenceName, requireComparable } from '../measured/comparability.ts';
import { itemClusters } from '../measured/item-clusters.ts';
import type { MatchedRuns, RunPair } from '../measured/match-runs.ts';
import { type Measured, modelOf, taskOf } from '../measured/measured.ts';
import { pairItems } from '../measured/paired-items.ts';
import { headlineOf, metricsOf } from './compared-metric.ts';
import type { ComparedRow, ComparedSide, ComparisonDocument, Flip } from './comparison.ts';
import { noiseOf } from './noise-of.ts';
import { type TestName, testDifference } from './test-difference.ts';

export interface CompareSettings extends Pick<ComparisonDocument, 'alpha' | 'power' | 'interval'> {
  /** null = the headline, and where both have them bits per byte and the margin of the right answer. */
  readonly metrics: readonly string[] | null;
  readonly test: TestName;
  /** A difference of shares that matters; of other metrics the same share of the mean size of the reference's values. */
  readonly margin: Fraction;
  readonly allowed: readonly DifferenceName[];
  /** What it finds in an item's id names the cluster of the item; null = independent items. */
  readonly clusters: RegExp | null;
}

/** Shown beside the headline where both runs have them. */
const ALSO = ['bitsPerByte', 'goldMargin'];

type Untested = Omit<ComparedRow, 'holm' | 'verdict'>;

/** @throws HarnessError 'bad-arguments' on runs that differ in more than the model, or have no item in common */
export function compareRuns(matched: MatchedRuns, settings: CompareSettings): ComparisonDocument {
  const flips: Flip[] = [];
  const untested = matched.pairs.flatMap((pair) => {
    const labels = requireComparable(pair.reference, pair.candidate, settings.allowed).map(({ text }) => text);
    flips.push(...flipsOf(pair));
    return metricsFor(pair, settings.metrics).flatMap((metric) => rowOf(pair, metric, labels, settings) ?? []);
  });
  const metrics = [...new Set(untested.map(({ metric }) => metric))];
  const rowsOf = (metric: string) => untested.filter((row) => row.metric === metric);
  const rows = metrics.flatMap((metric) => judged(rowsOf(metric), settings));
  return {
    format: 'bench-comparison/1',
    alpha: settings.alpha,
    power: settings.power,
    margin: settings.margin,
    interval: settings.interval,
    clusters: settings.clusters?.source ?? null,
    rows,
    flips,
    noise: matched.pairs.flatMap(noiseOfPair),
    notes: notesOf(matched, metrics),
  };
}

function metricsFor({ reference, candidate }: RunPair, wanted: readonly string[] | null): readonly string[] {
  const theirs = new Set(metricsOf(candidate));
  const shared = new Set(metricsOf(reference).filter((name) => theirs.has(name)));
  if (wanted !== null) return wanted.filter((name) => shared.has(name));
  const headline = headlineOf(reference, candidate);
  return [...new Set([...(headline === null ? [] : [headline]), ...ALSO.filter((name) => shared.has(name))])];
}

function rowOf(pair: RunPair, metric: string, labels: readonly string[], settings: CompareSettings): Untested | null {
  const { pairs, ...counts } = pairItems(pair.reference, pair.candidate, metric);
  if (pairs.length === 0) return null;
  const sides = [
    pairs.map((each) => ({ id: each.id, value: each.value })),
    pairs.map((each) => ({ id: each.id, value: each.reference })),
  ] as const;
  const { gained, lost } = discordant(pairs);
  const task = taskOf(pair.reference);
  const { interval } = settings;
  const clusters = settings.clusters === null ? null : itemClusters(task, pairs, settings.clusters);
  const sideOf = (run: Measured, side: readonly ItemValue[]): ComparedSide => {
    const values = side.map(({ value }) => value);
    const estimate = clusters === null ? estimateMetric(values) : clusterRobustInterval(values, clusters);
    return { model: modelOf(run), family: run.manifest.model.family, estimate };
  };
  const test = isBinary(pairs) || !settings.test.startsWith('mcnemar') ? settings.test : 'auto';
  return {
    task,
    protocol: pair.reference.manifest.settings.protocol,
    metric,
    reference: sideOf(pair.reference, sides[1]),
    candidate: sideOf(pair.candidate, sides[0]),
    difference: pairedInterval(pairs, { interval, clusters, unscored: counts.unscored }),
    clusters: clusters === null ? null : new Set(clusters).size,
    ...testDifference(pairs, test, 'two-sided', clusters),
    detectable: detectableOf(pairs, clusters, settings),
    margin: marginFor(metric, sides[1], settings.margin),
    higherIsBetter: directionOf(metric) === 1,
    mixesBound: mixesBound({
      metric,
      reference: pair.reference.manifest.model.family,
      candidate: pair.candidate.manifest.model.family,
    }),
    rose: gained,
    fell: lost,
    ...counts,
    differs: labels,
  };
}

/** Smallest true difference that these items would have shown with the power asked for; null where none can be named. */
function detectableOf(
  pairs: readonly ValuePair[],
  clusters: readonly string[] | null,
  { alpha, power }: CompareSettings,
): number | null {
  const n = pairs.length;
  if (n < 2) return null;
  if (clusters !== null || !isBinary(pairs)) {
    const differences = pairs.map((each) => each.value - each.reference);
    const error = clusters === null ? standardError(differences) : clusterRobustInterval(differences, clusters).stderr;
    return detectableDifference(error * Math.sqrt(n), n, { alpha, power });
  }
  const { gained, lost } = discordant(pairs);
  return detectableBinaryDifference((gained + lost) / n, n, { alpha, power });
}

const familiesOf = ({ reference, candidate }: Pick<ComparedRow, 'reference' | 'candidate'>) => ({
  reference: reference.family,
  candidate: candidate.family,
});

/** Holm's correction is over the tasks of one metric. */
function judged(rows: readonly Untested[], { alpha }: CompareSettings): readonly ComparedRow[] {
  const adjusted = holm(rows.map(({ p }) => p));
  return rows.map((row, i) => {
    const corrected = adjusted[i] ?? 1;
    return { ...row, holm: corrected, verdict: judgeDifference({ ...row, ...familiesOf(row), p: corrected, alpha }) };
  });
}

/** Of the headline metric, where its values say right and wrong: nats flip nothing. */
function flipsOf({ reference, candidate }: RunPair): readonly Flip[] {
  const metric = headlineOf(reference, candidate);
  if (metric === null || !isBounded(metric)) return [];
  const sign = directionOf(metric);
  return pairItems(reference, candidate, metric).pairs.flatMap(({ id, value, reference: before }) => {
    const change = sign * (value - before) > 0 ? 'gained' : 'lost';
    return value === before ? [] : [{ task: taskOf(reference), metric, id, change } as const];
  });
}

function noiseOfPair({ reference, candidate }: RunPair): ComparisonDocument['noise'] {
  return [reference, candidate].flatMap((run) => {
    const metric = headlineOf(run, run);
    const noise = metric === null ? null : noiseOf(run, metric);
    return noise === null ? [] : [{ task: taskOf(run), model: modelOf(run), ...noise }];
  });
}

function notesOf({ pairs, onlyReference, onlyCandidate }: MatchedRuns, metrics: readonly string[]): readonly string[] {
  const unknown = metrics.filter((metric) => metricSpec(metric) === null);
  const runs = pairs.flatMap(({ reference, candidate }) => [reference, candidate]);
  const notes = runs.flatMap((run) => {
    const { items, expectedItems, complete } = run.summary;
    return complete ? [] : [`${taskOf(run)}, ${modelOf(run)}: ${items} of ${expectedItems} items are in`];
  });
  const crossed = pairs.filter(
    ({ reference, candidate }) => reference.manifest.model.family !== candidate.manifest.model.family,
  );
  return [
    ...new Set(notes),
    ...clusterNotes(pairs),
    ...pairs.flatMap(({ reference, candidate }) => {
      const [a, b] = [reference.manifest.model, candidate.manifest.model];
      const engines = [a, b].map(({ engine, dtype }) => `${engine} ${dtype}`);
      return engines[0] === engines[1] ? [] : [`${taskOf(reference)}: other engines, ${engines.join(' and ')}`];
    }),
    ...unknown.map((metric) => `${metric}: no loaded task says what it is; higher is taken as better`),
    ...(crossed.length === 0
      ? []
      : ['likelihoods of diffusion models are bounds; those of autoregressive models are exact']),
    ...[...onlyReference, ...onlyCandidate].map((task) => `${task}: one side has no run of it; left out`),
  ];
}
