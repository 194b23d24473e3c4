/** Of several runs of a model, the one that `bench run` would have made: what `sweep` and `ablate` keep beside it is left out. */
import { groupBy } from '../../core/collect.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { expectedItems } from '../../store/summarise.ts';
import { type Measured, modelOf, taskOf } from './measured.ts';
import { tellApart } from './tell-apart.ts';

/**
 * Of each model the run in full attention with the model's own shift and the task's own sampler; of those the one over the most items, then at the largest T, as
 * reports show it.
 *
 * @param runs of one task
 */
export function plainRuns(runs: readonly Measured[]) {
  const groups = [...groupBy(runs, modelOf).values()].map((group) => ({ group, plain: plainOf(group) }));
  return {
    /** One a model, but for models whose runs differ in what has no order, such as the seed. */
    runs: groups.flatMap(({ plain }) => plain),
    /** What was chosen and what was not, a sentence a model. */
    notes: groups.flatMap(({ group, plain }) => noteOf(group, plain)),
  };
}

function plainOf(group: readonly Measured[]): readonly Measured[] {
  const own = group[0]?.ownShift ?? null;
  const open = best(group, ({ manifest }) => manifest.settings.openFraction);
  const read = own === null ? open : best(open, ({ manifest }) => (manifest.settings.shift === own ? 1 : 0));
  const plain = best(read, ({ manifest }) => (manifest.settings.sampler === undefined ? 1 : 0));
  return [...groupBy(plain, allButSize).values()].flatMap((alike) => {
    const whole = best(alike, ({ manifest }) => expectedItems(manifest));
    const largest = best(whole, ({ manifest }) => manifest.settings.steps.at(-1) ?? 0);
    return best(largest, ({ manifest }) => manifest.settings.steps.length);
  });
}

/** What differs between runs that are no mere parts of each other. */
const allButSize = ({ manifest: { limit: _limit, subset: _subset, settings, ...others } }: Measured): string =>
  canonicalJson({ ...others, settings: { ...settings, steps: [] } });

function best(runs: readonly Measured[], rank: (run: Measured) => number): readonly Measured[] {
  const most = Math.max(...runs.map(rank));
  return runs.filter((run) => rank(run) === most);
}

const MOST_NAMED = 3;

function noteOf(group: readonly Measured[], plain: readonly Measured[]): readonly string[] {
  const [first] = plain;
  if (first === undefined || plain.length > 1 || group.length === 1) return [];
  const { texts } = tellApart(group.map(({ manifest }) => manifest));
  const left = group.flatMap((run, i) => (run === first ? [] : [texts[i] as string]));
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : '';
  return [
    `${taskOf(first)}, ${modelOf(first)}: the run with ${texts[group.indexOf(first)]} is taken, not ${left.slice(0, MOST_NAMED).join('; ')}${more}`,
  ];
}
