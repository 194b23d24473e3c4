/** Pairs of runs to a table of differences with verdicts. Numbers only; comparison-text.ts and its neighbours spell them. */

import { badArguments, type HarnessError } from '../../core/errors.ts';
import { deviceOf, heldIn } from '../../core/model.ts';
import type { Fraction } from '../../core/units.ts';
import { heldUnder } from '../../metrics/exact-counterpart.ts';
import { judgeDifference, marginFor, mixesBound } from '../../metrics/judge-difference.ts';
import { areShares, directionOf, isBounded, metricSpec } from '../../metrics/metric-spec.ts';
import { layoutOf } from '../../stats/clustered/cluster-layout.ts';
import { estimateItems } from '../../stats/clustered/estimate-items.ts';
import { pairedDetectable } from '../../stats/clustered/paired-detectable.ts';
import { pairedInterval } from '../../stats/clustered/paired-interval.ts';
import { discordant, isBinary } from '../../stats/intervals/tango-interval.ts';
import { holm } from '../../stats/tests/holm.ts';
import { pairedTest, type TestName } from '../../stats/tests/paired-test.ts';
import type { ClusterChoice } from '../../store/cluster-names.ts';
import { type DifferenceName, requireComparable } from '../measured/comparability.ts';
import { clusterNotes, type MatchedRuns, type RunPair } from '../measured/match-runs.ts';
import { familiesOf, isCrossed, type Measured, taskOf } from '../measured/measured.ts';
import { pairItems } from '../measured/paired-items.ts';
import { bracketOf } from './bracket.ts';
import { headlineOf, metricsOf } from './compared-metric.ts';
import type { ComparedRow, ComparedSide, ComparisonDocument, Flip } from './comparison.ts';
import { noiseOf } from './noise-of.ts';
import { type NameOf, sideNames } from './side-names.ts';

export interface CompareSettings extends Pick<ComparisonDocument, 'alpha' | 'power' | 'interval'> {
  /** null = the headline, and where both have them bits per byte and the margin of the right answer. */
  readonly metrics: readonly string[] | null;
  readonly test: TestName;
  /** A difference of shares that matters; of other metrics the same share of the mean size of the reference's values. */
  readonly margin: Fraction;
  readonly allowed: readonly DifferenceName[];
  /** Which clusters were asked for; the items have their names already. */
  readonly clusters: ClusterChoice;
}

/** Shown beside the headline where both runs have them. */
const ALSO = ['accExact', 'bitsPerByte', 'exactBitsPerByte', 'goldMargin'];

/** Of diffusion models too. */
const EXACT = ['exactBitsPerByte', 'marginal'];

type Untested = Omit<ComparedRow, 'holm' | 'verdict'>;

/** @throws HarnessError 'bad-arguments' on runs that differ in more than the model, or have no item in common */
export function compareRuns(matched: MatchedRuns, settings: CompareSettings): ComparisonDocument {
  const flips: Flip[] = [];
  const nameOf = sideNames(matched.pairs);
  const untested = matched.pairs.flatMap((pair) => {
    const allowed = requireComparable(pair.reference, pair.candidate, settings.allowed).map(({ text }) => text);
    const labels = { differs: [...allowed, ...otherArithmetic(pair)], nameOf };
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
    clusters: settings.clusters instanceof RegExp ? settings.clusters.source : settings.clusters,
    rows,
    flips,
    brackets: matched.pairs.flatMap((pair) => bracketOf(pair, settings.interval, nameOf) ?? []),
    noise: matched.pairs.flatMap((pair) => noiseOfPair(pair, nameOf)),
    notes: notesOf(matched, metrics, nameOf),
  };
}

/** Weights in fewer bits on one side, or another device: a part of the difference is theirs. */
function otherArithmetic({ reference, candidate }: RunPair): readonly string[] {
  const [a, b] = [reference.manifest.model, candidate.manifest.model];
  const [here, there] = [deviceOf(a), deviceOf(b)];
  const [mine, theirs] = [heldIn(reference.manifest), heldIn(candidate.manifest)];
  return [
    ...(mine === theirs ? [] : [`weights ${mine} against ${theirs}`]),
    ...(here === there ? [] : [`computed on ${here} against ${there}`]),
  ];
}

function metricsFor({ reference, candidate }: RunPair, wanted: readonly string[] | null): readonly string[] {
  const shared = sharedMetrics(reference, candidate);
  if (wanted !== null) return wanted.filter((name) => shared.has(name));
  const headline = headlineOf(reference, candidate);
  return [...new Set([...(headline === null ? [] : [headline]), ...ALSO.filter((name) => shared.has(name))])];
}

/** What both have, one of them under this name. */
function sharedMetrics(a: Measured, b: Measured): ReadonlySet<string> {
  const [mine, theirs] = [a, b].map((run) => new Set(metricsOf(run))) as [Set<string>, Set<string>];
  const holds = ({ manifest }: Measured, names: Set<string>, metric: string) =>
    heldUnder(metric, manifest.model.family, (name) => names.has(name)) !== null;
  return new Set([...mine, ...theirs].filter((name) => holds(a, mine, name) && holds(b, theirs, name)));
}

/** What a row says of its two runs besides numbers. */
interface Labels extends Pick<ComparedRow, 'differs'> {
  readonly nameOf: NameOf;
}

function rowOf(pair: RunPair, metric: string, labels: Labels, settings: CompareSettings): Untested | null {
  const { pairs, ...counts } = pairItems(pair.reference, pair.candidate, metric);
  if (pairs.length === 0) return null;
  const task = taskOf(pair.reference);
  const layout = layoutOf(pairs);
  const column = (pick: 'value' | 'reference') => pairs.map((each) => each[pick]);
  const [now, before] = [column('value'), column('reference')];
  const isBounded = areShares(metric, now, before);
  const sideOf = (run: Measured, values: readonly number[]): ComparedSide => ({
    model: labels.nameOf(run),
    family: run.manifest.model.family,
    estimate: estimateItems(layout, values, { isBounded }),
  });
  const { gained, lost } = discordant(pairs);
  const { interval, alpha, power } = settings;
  const test = isBinary(pairs) || !settings.test.startsWith('mcnemar') ? settings.test : 'auto';
  if (test.startsWith('mcnemar') && layout.count < layout.n) throw dependent(task, layout.count, test);
  return {
    task,
    protocol: pair.reference.manifest.settings.protocol,
    metric,
    reference: sideOf(pair.reference, before),
    candidate: sideOf(pair.candidate, now),
    difference: pairedInterval(layout, pairs, { interval, isBounded, unscored: counts.unscored }),
    clusters: layout.count < layout.n ? layout.count : null,
    ...pairedTest(layout, pairs, { isBounded, test }),
    detectable: pairedDetectable(layout, pairs, isBounded, { alpha, power }),
    margin: marginFor(metric, before, settings.margin),
    higherIsBetter: directionOf(metric) === 1,
    mixesBound: mixesBound({ metric, ...familiesOf(pair) }),
    rose: gained,
    fell: lost,
    ...counts,
    differs: labels.differs,
  };
}

const dependent = (task: string, clusters: number, test: TestName): HarnessError =>
  badArguments(
    `--test: ${task} has items in ${clusters} clusters, and ${test} is for independent ones`,
    'leave --test out, name permutation or t, or take items as independent with --clusters none',
  );

/** Holm's correction is over the tasks of one metric. */
function judged(rows: readonly Untested[], { alpha }: CompareSettings): readonly ComparedRow[] {
  const adjusted = holm(rows.map(({ p }) => p));
  return rows.map((row, i) => {
    const [p, families] = [adjusted[i] ?? 1, { reference: row.reference.family, candidate: row.candidate.family }];
    return { ...row, holm: p, verdict: judgeDifference({ ...row, ...families, p, alpha }) };
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

function noiseOfPair({ reference, candidate }: RunPair, nameOf: NameOf): ComparisonDocument['noise'] {
  return [reference, candidate].flatMap((run) => {
    const metric = headlineOf(run, run);
    const noise = metric === null ? null : noiseOf(run, metric);
    return noise === null ? [] : [{ task: taskOf(run), model: nameOf(run), ...noise }];
  });
}

function notesOf(
  { pairs, onlyReference, onlyCandidate, notes: taken }: MatchedRuns,
  metrics: readonly string[],
  nameOf: NameOf,
): readonly string[] {
  const unknown = metrics.filter((metric) => metricSpec(metric) === null);
  const runs = pairs.flatMap(({ reference, candidate }) => [reference, candidate]);
  const notes = runs.flatMap((run) => {
    const { items, expectedItems, complete } = run.summary;
    return complete ? [] : [`${taskOf(run)}, ${nameOf(run)}: ${items} of ${expectedItems} items are in`];
  });
  return [
    ...taken,
    ...new Set(notes),
    ...clusterNotes(pairs),
    ...pairs.flatMap(otherEngines),
    ...unknown.map((metric) => `${metric}: no loaded task says what it is; higher is taken as better`),
    ...(!pairs.some(isCrossed) || metrics.every((name) => isBounded(name) || EXACT.includes(name))
      ? []
      : ['likelihoods of diffusion models are bounds; those of autoregressive models are exact']),
    ...[...onlyReference, ...onlyCandidate].map((task) => `${task}: one side has no run of it; left out`),
  ];
}

/** Dtypes and devices are labels of the rows, see `otherArithmetic`; a device's engine goes by another name. */
function otherEngines({ reference, candidate }: RunPair): readonly string[] {
  const [a, b] = [reference.manifest.model, candidate.manifest.model];
  if (a.engine === b.engine || deviceOf(a) !== deviceOf(b)) return [];
  return [`${taskOf(reference)}: other engines, ${a.engine} and ${b.engine}`];
}
