/** An experiment in small: the built-in checkpoints stand in for its models, and two built-in rows for each task's. */
import { readCatalog } from '../../checkpoints/catalog.ts';
import type { Experiment, PlannedRuns, PlannedTexts, PlannedTimes } from './experiment.ts';

const TINY = { autoregressive: 'tiny-gpt2', diffusion: 'tiny-diffugpt' } as const;

/** Models that are asked by tokens which others do not have. */
const BY_NAME: Readonly<Record<string, string>> = { 'codellama-7b': 'random-fim' };

export const standIn = (model: string): string =>
  BY_NAME[model] ?? TINY[readCatalog().get(model)?.family ?? 'autoregressive'];
const standInsOf = (models: readonly string[]): readonly string[] => [...new Set(models.map(standIn))];

/** Name in the catalog -> the model that stands in for it. */
export function standIns({ runs }: Pick<Experiment, 'runs'>): ReadonlyMap<string, string> {
  return new Map(runs.flatMap(({ models }) => models.map((model) => [model, standIn(model)] as const)));
}

const ROWS = 2;

/** As many T as planned, but small; no examples, for which tiny models have no room. */
export function smallRuns(runs: readonly PlannedRuns[], smoke: boolean): readonly PlannedRuns[] {
  if (!smoke) return runs;
  return runs.map(({ models, steps = [32], shots, ...others }) => ({
    ...others,
    ...{ models: standInsOf(models), steps: steps.map((_, at) => 2 * (at + 1)), limit: ROWS },
    ...(shots === undefined ? {} : { shots: 0 }),
  }));
}

export function smallTexts(texts: readonly PlannedTexts[], smoke: boolean): readonly PlannedTexts[] {
  if (!smoke) return texts;
  return texts.slice(0, 1).map((each) => ({
    ...each,
    ...{ models: standInsOf(each.models), judge: TINY.autoregressive, length: 16, samples: 2, steps: [2, 4] },
    temperature: [1],
  }));
}

export function smallTimes(times: readonly PlannedTimes[], smoke: boolean): readonly PlannedTimes[] {
  if (!smoke) return times;
  return times.map(({ models }) => ({ models: standInsOf(models), lengths: [16, 32], steps: [4], repeats: 1 }));
}
