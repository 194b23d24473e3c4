/** What the metrics of `scoreQuestion`, `scoreWriting` and `scorePrograms` mean, by name: for table headers, reports and gates. */
import type { Family } from '../core/question.ts';

export interface MetricSpec {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly description: string;
  readonly unit: 'fraction' | 'nats' | 'bits';
  readonly higherIsBetter: boolean;
  /** Confidence interval of its mean over items: Wilson's for 0/1 values, Student's t otherwise. */
  readonly interval: 'wilson' | 't';
  /** The value is an upper bound of the quantity that it stands for, not that quantity. */
  readonly bound?: 'upper';
}

/**
 * @param name   as in `Score.values`, such as `acc`, `accNelbo@32` or `accMean@option-only`
 * @param family needed where the family decides whether the value is a bound (`bitsPerByte`)
 * @returns null for a name that no metric has
 */
export function metricSpec(name: string, family?: Family): MetricSpec | null {
  return likelihood(name, family) ?? accuracy(name) ?? passing(name);
}

const RANKED = {
  acc: "the answer is ranked first by the protocol's ranking (fill: greedy decoding writes the answer; write: the text is right)",
  accSum: 'the answer is ranked first by total log-likelihood or NELBO',
  accMean: 'the answer is ranked first by log-likelihood or NELBO per token',
  accByte: 'the answer is ranked first by log-likelihood or NELBO per byte of the answer',
  accChar: 'the answer is ranked first by log-likelihood or NELBO per character of the answer',
  accPmi: 'the answer is the one whose log-probability the context raises most',
} as const;

/** Metrics of written texts, beside `acc`; all are shares. */
const WRITTEN = {
  accNumeric: ['the final answer is the right one, or a number of equal value', true],
  accLenient: ['true equations that end in the target, whatever numbers they use', true],
  noAnswer: ['the text has no final answer', false],
  invalidSteps: ["share of a text's calculations that are no true equation, of texts that have any", false],
  lastStepIsAnswer: ['the last calculation gives the final answer, of texts that have both', true],
} as const satisfies Readonly<Record<string, readonly [description: string, higherIsBetter: boolean]>>;

function accuracy(name: string): MetricSpec | null {
  const pattern = /^(?<metric>[a-z][A-Za-z]*)(?:@(?<steps>\d+))?(?:#(?<draw>\d+))?(?:@(?<view>[a-z][a-z0-9-]*))?$/;
  const { metric = '', steps, draw, view } = pattern.exec(name)?.groups ?? {};
  const written = Object.hasOwn(WRITTEN, metric) ? WRITTEN[metric as keyof typeof WRITTEN] : null;
  const description = written === null ? describe(metric, steps) : written[0] + stepsText(steps);
  if (description === null) return null;
  return {
    name,
    description: `${description}${draw === undefined ? '' : `, draw ${draw}`}${view === undefined ? '' : `, view ${view}`}`,
    unit: 'fraction',
    higherIsBetter: written?.[1] ?? true,
    interval: metric === 'invalidSteps' ? 't' : 'wilson',
  };
}

const stepsText = (steps: string | undefined): string =>
  steps === undefined ? '' : `, written with ${steps} denoising steps`;

function passing(name: string): MetricSpec | null {
  const parts = /^pass@(?<k>\d+)(?:@(?<steps>\d+))?(?:@(?<view>[a-z][a-z0-9-]*))?$/.exec(name)?.groups;
  if (parts === undefined) return null;
  const what = parts.k === '1' ? 'a program passes its tests' : `at least one of ${parts.k} programs passes its tests`;
  const steps = parts.steps === undefined ? '' : `, written with ${parts.steps} denoising steps`;
  const view = parts.view === undefined ? '' : `, view ${parts.view}`;
  const description = `${what}${steps}${view}; a question without an answer has failed`;
  return { name, description, unit: 'fraction', higherIsBetter: true, interval: 'wilson' };
}

function describe(metric: string, steps: string | undefined): string | null {
  if (steps === undefined) return Object.hasOwn(RANKED, metric) ? RANKED[metric as keyof typeof RANKED] : null;
  if (metric === 'acc') return `the text written with ${steps} denoising steps is right`;
  if (metric === 'accOfficial') return `the answer is ranked first by the published, unweighted score at T = ${steps}`;
  if (metric === 'accNelbo') return `the answer is ranked first by the NELBO of the ${steps}-step chain, per token`;
  return null;
}

function likelihood(name: string, family: Family | undefined): MetricSpec | null {
  const base = { name, higherIsBetter: false, interval: 't' } as const;
  if (name === 'nll') return { ...base, unit: 'nats', description: 'negative log-likelihood of the answer, summed' };
  if (name === 'bitsPerByte') {
    const bound = family === 'diffusion' ? ({ bound: 'upper' } as const) : {};
    return {
      ...base,
      ...bound,
      unit: 'bits',
      description: 'bits per UTF-8 byte of the scored text, its leading blank included, mean over items',
    };
  }
  const [, quantity, steps] = /^(nelbo|official)(?:@(\d+))?$/.exec(name) ?? [];
  if (quantity === 'nelbo') {
    const chain = steps === undefined ? 'continuous time' : `the ${steps}-step chain`;
    return { ...base, unit: 'nats', bound: 'upper', description: `NELBO of the answer, ${chain}, summed over tokens` };
  }
  if (quantity !== 'official' || steps === undefined) return null;
  return { ...base, unit: 'nats', description: `published, unweighted score of the answer at T = ${steps}` };
}
