/** What somebody would need who knew beforehand how far apart answers are and how noisy their leads. */
import { difference } from '../../src/lm/likelihood/elbo.ts';
import { normalQuantile } from '../../src/stats/distributions/normal-quantile.ts';
import type { RecordedItem } from './recorded.ts';

/** The passes of an item of one seed if each other answer, and the best one with the last of them, stopped as soon as `reached`, or never where that never is. */
export function oraclePasses(
  seeds: readonly RecordedItem[],
  best: number,
  margins: readonly number[],
  risk: number,
  rounds: number,
): number {
  const errors = normalQuantile(1 - risk);
  const [first] = seeds as [RecordedItem, ...RecordedItem[]];
  const stops = first.answers.map((_, i) => {
    if (i === best) return 0;
    const at = Array.from(
      { length: rounds },
      (_round, round) => (margins[i] as number) > errors * deviation(seeds, best, i, round),
    );
    const stop = at.indexOf(true);
    return stop < 0 ? null : stop;
  });
  // Nobody spends a pass on what no pass of all that are allowed could settle.
  const last = Math.max(...stops.map((stop) => stop ?? 0));
  return first.answers.reduce((sum, { passes }, i) => sum + (passes[i === best ? last : (stops[i] ?? 0)] as number), 0);
}

/** Root of the mean, over seeds, of what the strata say of a lead's variance at the last round, brought to an earlier one as 1 / draws. */
function deviation(seeds: readonly RecordedItem[], best: number, i: number, round: number): number {
  const last = Math.max(...seeds.map(({ answers }) => answers[0]?.standings.length ?? 0)) - 1;
  const variances = seeds.map(({ answers, scales }) => {
    const [a, b] = [answers[i]?.standings[last], answers[best]?.standings[last]];
    if (a === undefined || b === undefined) throw new RangeError('no such answer');
    const { draws } = difference(a.combination, scales[i] as number, b.combination, scales[best] as number);
    let squares = 0;
    for (let s = 0; 2 * s + 1 < draws.length; s++)
      squares += ((draws[2 * s] as number) - (draws[2 * s + 1] as number)) ** 2;
    return squares;
  });
  const mean = variances.reduce((sum, each) => sum + each, 0) / variances.length;
  return Math.sqrt(mean * 2 ** (last - round));
}
