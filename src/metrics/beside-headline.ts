/** Metrics of written texts that tables show beside the headline. */
import { parseMetric } from './metric-name.ts';

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
