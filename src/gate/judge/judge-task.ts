/** One metric of a task of a gate: is the candidate as good as the baseline, worse, or is that open? */
import { HarnessError } from '../../core/errors.ts';
import { canShow } from '../../metrics/judge-difference.ts';
import { marginFor } from '../../metrics/margin-for.ts';
import { estimateMetric } from '../../stats/intervals/estimate-metric.ts';
import { discordant, isBinary, pairedDifference } from '../../stats/intervals/paired-difference.ts';
import type { ValuePair } from '../../stats/paired-values.ts';
import { standardError } from '../../stats/standard-error.ts';
import { itemsNeeded } from '../../stats/tests/items-needed.ts';
import { leastItems, nonInferiority } from '../../stats/tests/non-inferiority.ts';
import { type ComparedMetric, comparedMetric, headlineOf, metricsOf } from '../compare/compared-metric.ts';
import { testDifference } from '../compare/test-difference.ts';
import type { RunPair } from '../measured/match-runs.ts';
import { modelOf, taskOf } from '../measured/measured.ts';
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
  readonly decidingItems: number;
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
  const test = rule.test ?? 'auto';
  if (test.startsWith('mcnemar') && !isBinary(pairs)) {
    throw refused(task, `test ${test} needs values of 0 and 1, found ${metric.name} with others; use permutation or t`);
  }
  const column = (value: (pair: ValuePair) => number) => pairs.map((pair) => ({ id: pair.id, value: value(pair) }));
  const [now, before] = [column(({ value }) => value), column((pair) => pair.reference)];
  const baseline = estimateMetric(before.map(({ value }) => value));
  const margin = rule.margin ?? marginFor(metric.name, before, MARGIN);
  const { bound, nonInferior } = nonInferiorityOf(pairs, metric, margin, rules.alpha);
  return {
    task,
    model: modelOf(candidate),
    family: candidate.manifest.model.family,
    metric: metric.name,
    baseline,
    candidate: estimateMetric(now.map(({ value }) => value)),
    difference: pairedDifference(now, before, 0.95, unscored),
    higherIsBetter: metric.sign === 1,
    margin,
    possibleLoss: Math.max(0, -bound),
    ...testDifference(pairs, test, metric.sign === 1 ? 'less' : 'greater'),
    isSame: isSameModel({ reference, candidate }) && pairs.every((pair) => pair.value === pair.reference),
    nonInferior,
    shows: canShow({
      metric: metric.name,
      reference: reference.manifest.model.family,
      candidate: candidate.manifest.model.family,
    }),
    decidingItems: decidingItems(pairs, metric, margin, rules),
  };
}

/** The verdict once p is corrected over tasks and metrics. */
export function close(open: OpenCheck, holm: number, alpha: number): TaskCheck {
  const { isSame, nonInferior, shows, decidingItems: needed, ...facts } = open;
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

function nonInferiorityOf(pairs: readonly ValuePair[], { sign }: ComparedMetric, margin: number, alpha: number) {
  // A metric where lower is better is tested with the sides changed, which keeps values of 0 and 1 what they are.
  const column = (pick: 'value' | 'reference') => pairs.map((pair) => ({ id: pair.id, value: pair[pick] }));
  const [now, before] = [column('value'), column('reference')];
  return sign === 1 ? nonInferiority(now, before, { margin, alpha }) : nonInferiority(before, now, { margin, alpha });
}

/**
 * Items with which the rules would decide with their power, if the true difference is the observed one: to rule the margin out
 * where the loss is smaller, to show the loss where it is not.
 */
function decidingItems(
  pairs: readonly ValuePair[],
  { sign }: ComparedMetric,
  margin: number,
  rules: GateRules,
): number {
  const n = pairs.length;
  const options = { alpha: rules.alpha, power: rules.power, sides: 1 } as const;
  const gains = pairs.map((pair) => sign * (pair.value - pair.reference));
  const gain = gains.reduce((total, each) => total + each, 0) / n;
  const distance = gain > -margin ? margin + Math.min(0, gain) : -gain;
  const { gained, lost } = discordant(pairs);
  const binary = isBinary(pairs);
  const deviation = binary
    ? Math.sqrt((gained + lost) / n)
    : n < 2
      ? Math.abs(gain)
      : standardError(gains) * Math.sqrt(n);
  const floor = binary && margin < 1 ? leastItems(margin, rules.alpha) : 2;
  return Math.max(n + 1, floor, itemsNeeded(deviation, distance, options));
}

/** Nothing that the model consists of differs: equal values are then no accident of few items. */
function isSameModel({ reference, candidate }: RunPair): boolean {
  const [a, b] = [reference.manifest.model, candidate.manifest.model];
  return a.weightsDigest === b.weightsDigest && a.tokenizerDigest === b.tokenizerDigest && a.maskId === b.maskId;
}

const refused = (task: string, problem: string, hint?: string): HarnessError =>
  new HarnessError('bad-arguments', `gate of ${task}: ${problem}`, hint === undefined ? {} : { hint });
