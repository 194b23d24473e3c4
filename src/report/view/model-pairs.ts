/** Which runs of a set are compared: two models where both are held alike, and the runs of one model with its most exact one. */
import { compareLists, groupBy } from '../../core/collect.ts';
import { deviceOf, heldIn } from '../../core/model.ts';
import type { RunColumns } from './run-columns.ts';

/** A run and what it is compared with. */
export type ModelPair = readonly [run: RunColumns, reference: RunColumns];

/** Runs of one set of weights read as one family, the most exact first. */
type ModelRuns = readonly [RunColumns, ...RunColumns[]];

/** Dtypes by how exact they are, but for float32, which every engine on every device can have: it is the reference of the others. */
const EXACTNESS = ['float32', 'float64', 'int8x2', 'float16', 'bfloat16', 'int8', 'int4', 'file'];

/**
 * Autoregressive against diffusion models where both are there, else all against the first; then each model's other runs against
 * its most exact one.
 *
 * @param runs of one set of questions, see `primaryRuns`
 */
export function modelPairs(runs: readonly RunColumns[]): readonly ModelPair[] {
  const models = modelsOf(runs);
  const [first, ...others] = models;
  const crossed = crossPairs(runs);
  const across = crossed.length > 0 || first === undefined ? crossed : others.flatMap((model) => alike(model, first));
  return [...across, ...models.flatMap(([exact, ...rest]) => rest.map((run): ModelPair => [run, exact]))];
}

/** Diffusion models against autoregressive ones; none where all are of one family. */
export function crossPairs(runs: readonly RunColumns[]): readonly ModelPair[] {
  const models = modelsOf(runs);
  const [causal, diffusion] = (['autoregressive', 'diffusion'] as const).map((family) =>
    models.filter(([{ facts }]) => facts.family === family),
  ) as [ModelRuns[], ModelRuns[]];
  return diffusion.flatMap((model) => causal.flatMap((reference) => alike(model, reference)));
}

function modelsOf(runs: readonly RunColumns[]): readonly ModelRuns[] {
  const models = groupBy(runs, ({ manifest: { model } }) => JSON.stringify([model.family, model.weightsDigest]));
  return [...models.values()].map((group) => mostExactFirst(group) as readonly RunColumns[] as ModelRuns);
}

function mostExactFirst(runs: readonly RunColumns[]): readonly RunColumns[] {
  const rank = ({ manifest: { model, settings } }: RunColumns) => {
    const place = EXACTNESS.indexOf(model.dtype);
    return [
      place < 0 ? EXACTNESS.length : place,
      settings.precision === undefined ? 0 : 1,
      deviceOf(model) === 'cpu' ? 0 : 1,
    ];
  };
  return [...runs].sort((a, b) => compareLists(rank(a), rank(b)));
}

/** Runs of two models in one dtype on one device; where there are none, in one dtype; where there are none, the most exact two. */
function alike(model: ModelRuns, reference: ModelRuns): readonly ModelPair[] {
  for (const key of [heldOn, heldAs]) {
    const pairs = model.flatMap((run) =>
      reference.filter((other) => key(run) === key(other)).map((other): ModelPair => [run, other]),
    );
    if (pairs.length > 0) return pairs;
  }
  return [[model[0], reference[0]]];
}

const heldAs = ({ manifest }: RunColumns): string => heldIn(manifest);
const heldOn = ({ manifest }: RunColumns): string => `${heldIn(manifest)} on ${deviceOf(manifest.model)}`;
