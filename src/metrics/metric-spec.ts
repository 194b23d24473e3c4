/** What the metrics of scores mean, by name: for table headers, reports, comparisons and gates. */
import type { OwnMetric } from '../core/own-metric.ts';
import type { Family } from '../core/question.ts';
import { ownMetric, parseMetric } from './metric-name.ts';

export interface MetricSpec extends OwnMetric {
  readonly name: string;
  /** Confidence interval of its mean over items: Wilson's for 0/1 values, Student's t otherwise. */
  readonly interval: 'wilson' | 't';
  /** The value is an upper or a lower bound of the quantity that it stands for, not that quantity. */
  readonly bound?: 'upper' | 'lower';
}

/**
 * @param name   as in `Score.values`, such as `acc`, `accNelbo@32` or `accMean@option-only`, or a derived value of comparisons
 * @param family needed where the family decides whether the value is a bound (`bitsPerByte`)
 * @returns null for a name that no metric has
 */
export function metricSpec(name: string, family?: Family): MetricSpec | null {
  return own(name) ?? likelihood(name, family) ?? accuracy(name) ?? passing(name) ?? voted(name);
}

/**
 * 1 where higher is better, −1 where lower is: the one place that says so, for comparisons, gates, sweeps and reports. A name that no
 * metric has (of a plugin that is not loaded, say) is taken as higher is better.
 */
export const directionOf = (name: string): 1 | -1 => (metricSpec(name)?.higherIsBetter === false ? -1 : 1);

/** Values lie in 0..1, so that intervals must. A name that no metric has counts as unbounded: nothing is known of its range. */
export const isBounded = (name: string): boolean => metricSpec(name)?.unit === 'fraction';

/**
 * The values of a metric are shares, fractions or other values in 0..1, so that intervals and bounds of them stay there
 * (`isBounded`). Those of a metric that no task declares are where all of them are 0 or 1.
 */
export function areShares(metric: string, ...columns: readonly (readonly number[])[]): boolean {
  if (metricSpec(metric) !== null) return isBounded(metric);
  return columns.every((values) => values.every((value) => value === 0 || value === 1));
}

function own(name: string): MetricSpec | null {
  const { base, steps, draw, view } = parseMetric(name);
  const metric = ownMetric(base);
  if (metric === null) return null;
  const description = metric.description + stepsText(steps) + drawText(draw) + viewText(view);
  return { ...metric, name, description, interval: 't' };
}

const RANKED = {
  acc: "the answer is ranked first by the protocol's ranking (fill: greedy decoding writes the answer; write: the text is right)",
  accSum: 'the answer is ranked first by total log-likelihood or NELBO',
  accMean: 'the answer is ranked first by log-likelihood or NELBO per token',
  accByte: 'the answer is ranked first by log-likelihood or NELBO per byte of the answer',
  accChar: 'the answer is ranked first by log-likelihood or NELBO per character of the answer',
  accExact: 'the answer is ranked first by its log-likelihood itself, not a bound of it, normalised as for acc',
  accPmi: 'the answer is the one whose log-probability the context raises most',
} as const;

/** Metrics of written texts, beside `acc`; all are shares. */
const WRITTEN = {
  accNumeric: ['the final answer is the right one, or a number of equal value', true],
  accLenient: ['true equations that end in the target, whatever numbers they use', true],
  accFlexible: ['the last number of the text is the right one', true],
  contains: ['a right answer stands in the text, both without case, punctuation and articles', true],
  exactMatch: ['the text is a right answer, both without case, punctuation and articles', true],
  f1: ['words that the text shares with the nearest right answer, F-measure', true],
  rouge1: ['words that the text shares with the reference, F-measure (ROUGE-1)', true],
  rouge2: ['pairs of words that the text shares with the reference, F-measure (ROUGE-2)', true],
  rougeL: ['longest common sequence of words of text and reference, F-measure (ROUGE-L)', true],
  noAnswer: ['the text has no final answer', false],
  invalidSteps: ["share of a text's calculations that are no true equation, of texts that have any", false],
  lastStepIsAnswer: ['the last calculation gives the final answer, of texts that have both', true],
} as const satisfies Readonly<Record<string, readonly [description: string, higherIsBetter: boolean]>>;

/** Shares of a text, not of texts. */
const GRADED = ['invalidSteps', 'f1', 'rouge1', 'rouge2', 'rougeL'];

function accuracy(name: string): MetricSpec | null {
  const { base, steps, draw, view } = parseMetric(name);
  const written = Object.hasOwn(WRITTEN, base) ? WRITTEN[base as keyof typeof WRITTEN] : null;
  const description = written === null ? describe(base, steps) : written[0] + stepsText(steps);
  if (description === null) return null;
  const told = description + drawText(draw) + viewText(view);
  const interval = GRADED.includes(base) ? 't' : 'wilson';
  return { ...RATE, name, description: told, higherIsBetter: written?.[1] ?? true, interval };
}

const stepsText = (steps: number | null): string => (steps === null ? '' : `, written with ${steps} denoising steps`);
const drawText = (draw: number | null): string => (draw === null ? '' : `, draw ${draw}`);
const viewText = (view: string | null): string => (view === null ? '' : `, view ${view}`);

/** A share of questions. */
const RATE = { unit: 'fraction', higherIsBetter: true, interval: 'wilson' } as const;

function passing(name: string): MetricSpec | null {
  const { base, steps, draw, view } = parseMetric(name);
  const k = /^pass@(\d+)$/.exec(base)?.[1];
  if (k === undefined || draw !== null) return null;
  const what = k === '1' ? 'a program passes its tests' : `at least one of ${k} programs passes its tests`;
  const description = `${what}${stepsText(steps)}${viewText(view)}; a question without an answer has failed`;
  return { ...RATE, name, description };
}

function voted(name: string): MetricSpec | null {
  const { base, steps, draw, view } = parseMetric(name);
  const [, rule, k] = /^(hit|majority)@(\d+)$/.exec(base) ?? [];
  if (rule === undefined || draw !== null || steps !== null) return null;
  const what =
    rule === 'hit' ? `at least one of ${k} texts is right` : `the answer that most of ${k} texts give is right`;
  return { ...RATE, name, description: what + viewText(view) };
}

/** `confidence:block=4` in words. */
function ruleText(rule: string, steps: number | null): string {
  if (rule.startsWith('best-of-'))
    return `the most likely of ${rule.slice('best-of-'.length)} random orders, which no sampler knows`;
  const [order = '', block] = rule.split(':block=');
  const pace = steps === null ? 'one token a step' : `${steps} steps`;
  return `the sampler that reveals by ${order}${block === undefined ? '' : ` in blocks of ${block}`}, ${pace}`;
}

function describe(metric: string, steps: number | null): string | null {
  const [, rule] = /^accDuel:(.+)$/.exec(metric) ?? [];
  if (rule !== undefined) return `the answer is ranked first by its likelihood under ${ruleText(rule, steps)}`;
  if (steps === null) return Object.hasOwn(RANKED, metric) ? RANKED[metric as keyof typeof RANKED] : null;
  if (metric === 'acc') return `the text written with ${steps} denoising steps is right`;
  if (metric === 'accOfficial') return `the answer is ranked first by the published, unweighted score at T = ${steps}`;
  if (metric === 'accNelbo') return `the answer is ranked first by the NELBO of the ${steps}-step chain, per token`;
  if (metric === 'accLikelihood')
    return `the answer is ranked first by the likelihood itself of the ${steps}-step chain, per token`;
  return null;
}

const BITS = { unit: 'bits' } as const;
const UPPER = { bound: 'upper' } as const;

/** Of answers: what each is, and where it is not in nats of which fewer are better. `@T`: of any number of steps, which comes for `{T}`. */
const LIKELIHOODS: Readonly<Record<string, readonly [description: string, special?: Partial<MetricSpec>]>> = {
  nll: ['negative log-likelihood of the answer, summed'],
  bitsPerByte: ['bits per UTF-8 byte of the scored text, its leading blank included, mean over items', BITS],
  exactBitsPerByte: [
    'bits per UTF-8 byte of the scored text, its leading blank included, of its likelihood itself and not of a bound, mean over items',
    BITS,
  ],
  marginal: [
    'negative log-likelihood of the right answer itself (diffusion: one token a step in random order), summed',
  ],
  tube: [
    'bound from below of the negative log-likelihood of the answer, from random orders, summed over tokens',
    { bound: 'lower' },
  ],
  slack: ['nats by which the NELBO of the right answer lies above its likelihood'],
  goldNats: ['negative log-likelihood of the right answer, or its bound, summed'],
  goldMargin: ['nats by which the right answer is ahead of the best other one', { higherIsBetter: true }],
  nelbo: ['NELBO of the answer, continuous time, summed over tokens', UPPER],
  'nelbo@T': ['NELBO of the answer, the {T}-step chain, summed over tokens', UPPER],
  'likelihood@T': ['negative log-likelihood of the answer itself under the {T}-step chain, summed over tokens'],
  'official@T': ['published, unweighted score of the answer at T = {T}'],
};

function likelihood(name: string, family: Family | undefined): MetricSpec | null {
  const { base, steps } = parseMetric(name);
  const fixed = { name, unit: 'nats', higherIsBetter: false, interval: 't' } as const;
  if (base.startsWith('duel:')) {
    const sampler = ruleText(base.slice('duel:'.length), steps);
    return { ...fixed, description: `negative log-likelihood of the answer under ${sampler}, summed` };
  }
  const known = name.replace(/@\d+$/, '@T');
  const [description, special] = (Object.hasOwn(LIKELIHOODS, known) && LIKELIHOODS[known]) || [];
  if (description === undefined) return null;
  const bound = name === 'bitsPerByte' && family === 'diffusion' ? UPPER : {};
  return { ...fixed, ...bound, ...special, description: description.replace('{T}', String(steps)) };
}
