/** The metric by which a run is shown, and what it says of one item. Every table, comparison, gate and page asks here. */

import { parseMetric } from './metric-name.ts';
import { directionOf, isBounded } from './metric-spec.ts';

/** Where a task names none: programs that pass, accuracy, then what the answer costs in bits or nats. */
const CUSTOMARY = ['pass@1', 'acc', 'bitsPerByte', 'nll', 'nelbo'];

/**
 * @param names    metrics that the run, or both runs of a comparison, have
 * @param declared `TaskPlugin.metric`; null where the task names none, or nobody knows the task
 * @returns the declared one, else the first customary one, else the first name that is no part of another (`NAME@T`, `NAME#D`,
 *          `NAME@view`); null where there is no metric
 */
export function headlineMetric(names: readonly string[], declared: string | null = null): string | null {
  const known = [declared, ...CUSTOMARY].find((name) => name !== null && names.includes(name));
  return known ?? names.find((name) => parseMetric(name).base === name) ?? names[0] ?? null;
}

/**
 * How right an item is by a metric, 0..1: 1 is best, also where lower is better. null for every item where the metric's values are not
 * bounded (nats have no right and wrong), and for an item without a value.
 */
export function rightShare(metric: string | null): (values: Readonly<Record<string, number>>) => number | null {
  if (metric === null || !isBounded(metric)) return () => null;
  const isHigherBetter = directionOf(metric) === 1;
  return (values) => {
    const value = values[metric];
    return value === undefined ? null : isHigherBetter ? value : 1 - value;
  };
}

const OF_TEXTS = ['exactMatch', 'f1', 'rouge1', 'rouge2', 'rougeL'];
const VOTED = /^(majority|hit)@\d+$/;
/** Views that ask the same with another knowledge of the answer's length, or of what follows it. */
const TOLD = /^(oracle(-\d+)?|canvas-\d+|instruction|fim-psm|fim-spm|prefix)$/;

/**
 * Other values of texts, what several texts give together, and the headline of views that are told less or more, in this order.
 *
 * @param names of all metrics that there are
 */
export function besideHeadline(names: Iterable<string>, headline: string): readonly string[] {
  const all = [...names];
  const ofTexts = OF_TEXTS.filter((name) => name !== headline && all.includes(name));
  const voted = all.filter((name) => VOTED.test(name)).sort();
  const told = all.filter((name) => {
    const { base, steps, draw, view } = parseMetric(name);
    return base === headline && steps === null && draw === null && TOLD.test(view ?? '');
  });
  return [...ofTexts, ...voted.reverse(), ...told];
}
