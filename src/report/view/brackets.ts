/** What two bounds together say of a diffusion model's likelihood against an autoregressive model's: by the rule of `bench compare`. */
import type { Estimate } from '../../core/estimate.ts';
import type { Nats } from '../../core/units.ts';
import { commonDifference, countTogether } from './common-items.ts';
import { namesOf, primaryRuns, type QuestionSet, type SetNames } from './group-runs.ts';
import { present, type RunColumns } from './run-columns.ts';
import type { BracketFacts } from './run-facts.ts';

export interface BracketRow extends SetNames {
  readonly model: string;
  readonly reference: string;
  /** Model − reference in nats an answer, lower is better: at least this, and at most that. Errors of items and of masks. */
  readonly low: Estimate;
  readonly high: Estimate;
  /** What the bound from below took. */
  readonly bracket: BracketFacts;
  /** `open`: the bracket, with its errors, holds 0. */
  readonly verdict: 'better' | 'worse' | 'open';
}

/** Of diffusion models that were run with `--bracket`. */
export function bracketRows(sets: readonly QuestionSet[]): readonly BracketRow[] {
  return sets.flatMap((set) => {
    const runs = primaryRuns(set);
    const causal = runs.filter(({ facts }) => facts.family === 'autoregressive');
    return runs.flatMap((run) => {
      const { bracket } = run.facts;
      return bracket === undefined ? [] : causal.flatMap((reference) => toRow(set, run, reference, bracket));
    });
  });
}

function toRow(set: QuestionSet, run: RunColumns, reference: RunColumns, bracket: BracketFacts): BracketRow[] {
  const known = ends(reference, ({ loglikelihood }) => -(loglikelihood as Nats));
  const items = countTogether(run.ids, reference.ids);
  const differenceOf = (bound: (of: Bounds) => Nats) => commonDifference('nll', ends(run, bound), known, items);
  const low = differenceOf(({ marginal, tube }) => marginal ?? (tube as Nats));
  const high = differenceOf(({ marginal, nelbo }) => marginal ?? (nelbo as Nats));
  if (low === null || high === null) return [];
  const verdict = high.high < 0 ? 'better' : low.low > 0 ? 'worse' : 'open';
  const models = { model: run.facts.model, reference: reference.facts.model };
  return [{ ...namesOf(set), ...models, low, high, bracket, verdict }];
}

type Bounds = Partial<Record<'loglikelihood' | 'marginal' | 'tube' | 'nelbo', Nats>>;

/** A number of each item; of no item where what it is made of was not computed. */
function ends(run: RunColumns, pick: (of: Bounds) => Nats) {
  const column = Float64Array.from(run.ids, (_, row) => {
    const at = (name: string) => {
      const value = run.bounds.get(name)?.values[row];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    };
    const [loglikelihood, marginal, tube, nelbo] = ['loglikelihood', 'marginal', 'tube', 'nelbo'].map(at);
    const known = { loglikelihood, marginal, tube, nelbo };
    return pick(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))) ?? Number.NaN;
  });
  return present(run, column);
}
