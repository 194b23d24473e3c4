/** Which of the stored runs are meant: by task, model, and the settings that tell runs of one model apart. */
import { badArguments } from '../../core/errors.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { deviceOf } from '../../core/model.ts';
import type { ProtocolName } from '../../core/names.ts';
import { samplerText } from '../../core/samplers/choice.ts';
import type { Fraction } from '../../core/units.ts';
import { modelNames } from '../../report/terminal/model-names.ts';

/** null = whatever there is. */
export interface RunChoice {
  /** As typed when they were run, or as tables show them. */
  readonly models: readonly string[] | null;
  readonly tasks: readonly string[] | null;
  readonly protocol: ProtocolName | null;
  readonly steps: readonly number[] | null;
  readonly limit: number | 'all' | null;
  readonly attention: Fraction | null;
  readonly shift: boolean | null;
  /** Of the weights. */
  readonly dtype: string | null;
  /** As typed, or `default`. */
  readonly sampler: string | null;
  /** Where it was computed. */
  readonly device: string | null;
}

export const ANY_RUN: RunChoice = {
  ...{ models: null, tasks: null, protocol: null, steps: null, limit: null, attention: null, shift: null },
  ...{ dtype: null, device: null, sampler: null },
};

/**
 * The runs that a choice leaves, in their order; perhaps none.
 *
 * @throws HarnessError 'bad-arguments' where a short name fits several models
 */
export function chosenRuns<Run>(
  runs: readonly Run[],
  manifestOf: (run: Run) => RunManifest,
  choice: RunChoice,
): readonly Run[] {
  const stored = [...new Set(runs.map((run) => manifestOf(run).model.name))];
  const models = choice.models?.map((name) => modelMeant(name, stored));
  return runs.filter((run) => {
    const manifest = manifestOf(run);
    return (models?.includes(manifest.model.name) ?? true) && isChosen(manifest, choice);
  });
}

/** Whether all but the model is as wanted. */
function isChosen({ task, limit, subset, dataset, model, settings }: RunManifest, choice: RunChoice): boolean {
  const isDiffusion = model.family === 'diffusion';
  const wantedLimit = choice.limit === 'all' || (choice.limit ?? 0) >= dataset.rows ? null : choice.limit;
  return (
    (choice.tasks?.includes(task.name) ?? true) &&
    (choice.protocol === null || choice.protocol === settings.protocol) &&
    (choice.limit === null || (wantedLimit === limit && !(choice.limit === 'all' && subset !== undefined))) &&
    (choice.steps === null || settings.steps.length === 0 || choice.steps.join() === settings.steps.join()) &&
    (choice.attention === null || !isDiffusion || choice.attention === settings.openFraction) &&
    (choice.sampler === null || !isDiffusion || isBy(choice.sampler, settings)) &&
    (choice.dtype === null || choice.dtype === model.dtype) &&
    (choice.device === null || choice.device === deviceOf(model)) &&
    (choice.shift === null || !isDiffusion || choice.shift === settings.shift)
  );
}

/** Order and spelling of a sampler's settings play no part. */
function isBy(typed: string, { sampler }: RunManifest['settings']): boolean {
  if (typed === 'default' || sampler === undefined) return (typed === 'default') === (sampler === undefined);
  const parts = (text: string) => text.replaceAll('_', '-').split(':').sort().join();
  return parts(typed) === parts(samplerText(sampler));
}

/**
 * The stored name of a model that was named in full, as tables show it, or by the last parts of its path.
 *
 * @param stored a name may stand there once a run
 * @returns the name itself where no stored model is called so
 * @throws HarnessError 'bad-arguments' where several are
 */
export function modelMeant(name: string, stored: readonly string[]): string {
  if (stored.includes(name)) return name;
  const shown = modelNames(stored);
  const distinct = [...new Set(stored)];
  const fits = distinct.filter((model) => shown.get(model) === name || model.endsWith(`/${name}`));
  if (fits.length > 1) {
    throw badArguments(
      `expected one model, found "${name}" to be short for ${fits.length}`,
      `name one of ${fits.join(', ')}`,
    );
  }
  return fits[0] ?? name;
}

/** A choice in words, such as `T = 8, shift off`; empty where all but models and tasks is left open. */
export function choiceText({ protocol, steps, limit, attention, shift, dtype, device, sampler }: RunChoice): string {
  return [
    ...(protocol === null ? [] : [`protocol ${protocol}`]),
    ...(steps === null ? [] : [`T = ${steps.join()}`]),
    ...(limit === null ? [] : [limit === 'all' ? 'all items' : `limit ${limit}`]),
    ...(attention === null ? [] : [`attention ${attention}`]),
    ...(shift === null ? [] : [`shift ${shift ? 'on' : 'off'}`]),
    ...(dtype === null ? [] : [`dtype ${dtype}`]),
    ...(device === null ? [] : [`device ${device}`]),
    ...(sampler === null ? [] : [`sampler ${sampler}`]),
  ].join(', ');
}
