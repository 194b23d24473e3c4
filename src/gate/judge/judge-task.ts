/** One metric of a task of a gate: is the candidate as good as the baseline, worse, or is that open? */
import { badArguments, type HarnessError } from '../../core/errors.ts';
import { heldIn, isExact } from '../../core/model.ts';
import type { Fraction } from '../../core/units.ts';
import { canShow, marginFor } from '../../metrics/judge-difference.ts';
import { areShares } from '../../metrics/metric-spec.ts';
import { type ClusterLayout, layoutOf } from '../../stats/clustered/cluster-layout.ts';
import { clusteredNonInferiority } from '../../stats/clustered/clustered-non-inferiority.ts';
import { decidingItems } from '../../stats/clustered/deciding-items.ts';
import { estimateItems } from '../../stats/clustered/estimate-items.ts';
import { pairedEstimate } from '../../stats/clustered/paired-interval.ts';
import { isBinary } from '../../stats/intervals/tango-interval.ts';
import type { ValuePair } from '../../stats/paired-values.ts';
import { pairedTest, type TestName } from '../../stats/tests/paired-test.ts';
import { type ComparedMetric, comparedMetric, headlineOf, metricsOf } from '../compare/compared-metric.ts';
import type { RunPair } from '../measured/match-runs.ts';
import { familiesOf, type Measured, modelOf, taskOf } from '../measured/measured.ts';
import { pairItems } from '../measured/paired-items.ts';
import type { TaskCheck, Verdict } from './gate-document.ts';
import { type GateRules, type MetricRule, metricRules } from './gate-schema.ts';

/** Where the rule has none, see `marginFor`. */
const MARGIN = 0.02;

/** A bound against an exact value bears one of the two verdicts, whatever the number of items. */
const NO_PASS = 'the baseline is an upper bound and the candidate exact: the absence of a loss cannot be shown';
const NO_REGRESSION = 'the candidate is an upper bound and the baseline exact: a loss cannot be shown';

/** A check before the p-values of all checks are corrected. */
export type OpenCheck = Omit<TaskCheck, 'holm' | 'verdict' | 'reason' | 'needed'> & {
  readonly isSame: boolean;
  readonly nonInferior: boolean;
  /** Which verdicts the values can bear, see `canShow`. */
  readonly shows: ReturnType<typeof canShow>;
  /** @param tests over which p-values are corrected */
  readonly decidingItems: (tests: number) => number;
};

/**
 * A check for each metric that the rules name.
 *
 * @throws HarnessError 'bad-arguments' where a rule's metric or test does not fit, or no item is common
 */
export const openChecks = (pair: RunPair, rules: GateRules): readonly OpenCheck[] =>
  metricRules(taskOf(pair.reference), rules).map((rule) => openCheck(pair, rule, rules));

function openCheck({ reference, candidate }: RunPair, rule: MetricRule, rules: GateRules): OpenCheck {
  const task = taskOf(reference);
  const metric = metricOf({ reference, candidate }, rule);
  const { pairs, unscored } = pairItems(reference, candidate, metric.name);
  if (pairs.length === 0) throw refused(task, `expected items with ${metric.name} in both runs, found none`);
  const layout = layoutOf(pairs);
  const test = rule.test ?? 'auto';
  requireTest(task, metric.name, test, pairs, layout);
  const column = (pick: 'value' | 'reference') => pairs.map((each) => each[pick]);
  const [now, before] = [column('value'), column('reference')];
  const isBounded = areShares(metric.name, now, before);
  const margin = rule.margin ?? marginFor(metric.name, before, MARGIN);
  const gains = pairs.map((each) => metric.sign * (each.value - each.reference));
  const decision = { margin, alpha: rules.alpha, isBounded };
  const { bound, nonInferior } = clusteredNonInferiority(layout, gains, decision);
  return {
    task,
    model: modelOf(candidate),
    family: candidate.manifest.model.family,
    metric: metric.name,
    baseline: estimateItems(layout, before, { isBounded }),
    candidate: estimateItems(layout, now, { isBounded }),
    difference: pairedEstimate(layout, pairs, { isBounded, unscored }),
    higherIsBetter: metric.sign === 1,
    margin,
    possibleLoss: Math.max(0, -bound),
    ...pairedTest(layout, pairs, { isBounded, test, alternative: metric.sign === 1 ? 'less' : 'greater' }),
    isSame: isSameModel({ reference, candidate }) && pairs.every((pair) => pair.value === pair.reference),
    nonInferior,
    shows: canShow({ metric: metric.name, ...familiesOf({ reference, candidate }) }),
    decidingItems: (tests) => decidingItems(layout, gains, { ...decision, power: rules.power, tests }),
  };
}

/** @throws HarnessError 'bad-arguments' on McNemar's test of what it is not for */
function requireTest(
  task: string,
  metric: string,
  test: TestName,
  pairs: readonly ValuePair[],
  { n, count }: ClusterLayout,
): void {
  if (!test.startsWith('mcnemar')) return;
  if (!isBinary(pairs)) {
    throw refused(task, `test ${test} needs values of 0 and 1, found ${metric} with others; use permutation or t`);
  }
  if (count < n) {
    const problem = `test ${test} needs independent items, found ${n} in ${count} clusters`;
    throw refused(task, problem, 'leave the test out, name permutation or t, or gate with --clusters none');
  }
}

interface Corrected {
  readonly alpha: Fraction;
  readonly tests: number;
}

/**
 * The verdict once p is corrected over tasks and metrics.
 *
 * @param tests over which it was
 */
export function close(open: OpenCheck, holm: number, { alpha, tests }: Corrected): TaskCheck {
  const { isSame, nonInferior, shows, decidingItems: neededOf, ...facts } = open;
  const needed = neededOf(tests);
  const settle = (verdict: Verdict, reason: string): TaskCheck => ({
    ...facts,
    holm,
    verdict,
    reason,
    needed: verdict === 'inconclusive' && shows.better && shows.worse ? needed : null,
  });
  if (isSame) return settle('pass', 'the same weights gave the same values');
  if (!shows.better && (nonInferior || holm > alpha)) return settle('inconclusive', NO_PASS);
  if (!shows.worse && !nonInferior) return settle('inconclusive', NO_REGRESSION);
  // Before the test of a loss: one that is shown to be smaller than the margin counts as none.
  if (nonInferior) return settle('pass', 'a loss of the margin or more is ruled out');
  if (holm <= alpha) return settle('regression', 'a loss is shown, and one of the margin or more is not ruled out');
  return settle(
    'inconclusive',
    `neither a loss nor its absence is shown; about ${needed.toLocaleString('en')} items would decide`,
  );
}

function metricOf({ reference, candidate }: RunPair, { metric: wanted }: MetricRule): ComparedMetric {
  const name = wanted ?? headlineOf(reference, candidate);
  const metric = name === null ? null : comparedMetric(name, candidate.manifest.model.family);
  const shared = metricsOf(reference).filter((each) => metricsOf(candidate).includes(each));
  if (metric !== null && shared.includes(metric.name)) return metric;
  if (name !== null && shared.includes(name)) {
    const hint = 'load the plugin of its task with --plugin, and let the task say what it is under metrics';
    throw refused(taskOf(reference), `expected a metric whose direction is known, found ${name}`, hint);
  }
  throw refused(
    taskOf(reference),
    `expected a metric of both runs, found ${name ?? 'none'}`,
    `they have ${shared.join(', ') || 'none in common'}`,
  );
}

/** Nothing that the model consists of differs, and its weights were held alike: equal values are then no accident of few items. */
function isSameModel({ reference, candidate }: RunPair): boolean {
  const [a, b] = [reference.manifest.model, candidate.manifest.model];
  const parts = ['weightsDigest', 'tokenizerDigest', 'maskId', 'blockLength'] as const;
  return parts.every((part) => a[part] === b[part]) && weightsOf(reference) === weightsOf(candidate);
}

function weightsOf({ manifest }: Measured): string {
  const held = heldIn(manifest);
  return isExact(held) ? 'exact' : held;
}

const refused = (task: string, problem: string, hint?: string): HarnessError =>
  badArguments(`gate of ${task}: ${problem}`, hint);
