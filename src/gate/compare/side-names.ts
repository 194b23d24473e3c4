/** What the sides of a comparison are called, as reports call them: several dtypes of one model are told apart. */
import { groupBy } from '../../core/collect.ts';
import { identityParts, nameWith } from '../../report/view/readings.ts';
import type { RunPair } from '../measured/match-runs.ts';
import { type Measured, modelOf } from '../measured/measured.ts';

/** `tiny-gpt2`, or `tiny-gpt2 (int8)` where runs of one name are of several models or held in several dtypes. */
export type NameOf = (run: Measured) => string;

export function sideNames(pairs: readonly RunPair[]): NameOf {
  const runs = groupBy(
    pairs.flatMap(({ reference, candidate }) => [reference, candidate]),
    modelOf,
  );
  const parts = new Map(
    [...runs].map(([name, ofName]) => [name, identityParts(ofName.map(({ manifest }) => manifest))]),
  );
  return (run) => nameWith(modelOf(run), parts.get(modelOf(run))?.(run.manifest) ?? []);
}
