/**
 * How a run read its model: the family, the weights, the attention, the shift and the mask. Tables go by names, so that a name must say
 * what the reading is wherever one model has several.
 */

import { groupBy } from '../../core/collect.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { deviceOf, isDenoising, precisionText } from '../../core/model.ts';
import { samplerText } from '../../core/samplers/choice.ts';
import { modelKey, type RunColumns } from './run-columns.ts';

/** Digits of a weights' digest that names show. */
const DIGITS = 6;

/** What a diffusion model's reading consists of, in words; one way only for an autoregressive one. */
export function readingParts({ manifest: { model, settings } }: RunColumns): readonly string[] {
  if (model.family === 'autoregressive') return [];
  return [
    `attention ${settings.openFraction}`,
    `shift ${settings.shift ? 'on' : 'off'}`,
    ...(model.maskId === null ? [] : [`mask id ${model.maskId}`]),
    ...(model.blockLength === undefined ? [] : [`blocks of ${model.blockLength}`]),
    ...(isDenoising(settings.estimator) ? [samplerPart(settings)] : []),
  ];
}

const samplerPart = ({ sampler }: RunColumns['manifest']['settings']): string =>
  sampler === undefined ? 'default sampler' : `sampler ${samplerText(sampler)}`;

/** `attention 1, shift on`; empty for an autoregressive model. Its own mask is no news. */
export const readingText = (run: RunColumns): string => readingParts(run).slice(0, 2).join(', ');

/**
 * The runs under names that tell their readings apart: `tiny-diffugpt`, and where one name is read as both families
 * `tiny-diffugpt (autoregressive)`; other weights by the digits of their digest, or in what they are held; what a reading differs in from the one that most of the
 * shown runs have, such as `shift off`.
 *
 * @param shown those that stand for their model in some row
 */
export function withReadings(runs: readonly RunColumns[], shown: readonly RunColumns[]): readonly RunColumns[] {
  const names = new Map<RunColumns, string>();
  for (const [name, ofName] of groupBy(runs, ({ manifest }) => manifest.model.name)) {
    const partsOf = identityParts(ofName.map(({ manifest }) => manifest));
    for (const [key, group] of groupBy(ofName, modelKey)) {
      const usual = usualParts(shown.filter((run) => modelKey(run) === key));
      for (const run of group) {
        const parts = [...partsOf(run.manifest), ...readingParts(run).filter((part) => !usual.includes(part))];
        names.set(run, nameWith(name, parts));
      }
    }
  }
  return runs.map((run) => ({ ...run, facts: { ...run.facts, model: names.get(run) ?? run.facts.model } }));
}

/** `tiny-gpt2 (int8)`; the name itself where there is nothing to tell. */
export const nameWith = (name: string, parts: readonly string[]): string =>
  parts.length === 0 ? name : `${name} (${parts.join(', ')})`;

/** What a model is besides its name and family, in words, in the order in which names say it. */
const IDENTITY: readonly ((manifest: RunManifest) => string)[] = [
  ({ model }) => `weights ${model.weightsDigest.slice(0, DIGITS)}`,
  ({ model }) => model.dtype,
  ({ settings: { precision } }) => (precision === undefined ? 'one precision' : precisionText(precision)),
  ({ model }) => deviceOf(model),
];

/** By what the models of one name can be told apart, reading aside: the family where there are two, and of it what is not the same in all its runs. */
export function identityParts(ofName: readonly RunManifest[]): (manifest: RunManifest) => readonly string[] {
  const families = groupBy(ofName, ({ model }) => model.family);
  const varying = new Map(
    [...families].map(([family, runs]) => [family, IDENTITY.filter((text) => new Set(runs.map(text)).size > 1)]),
  );
  return (manifest) => {
    const { family } = manifest.model;
    const told = (varying.get(family) ?? []).map((text) => text(manifest));
    return families.size > 1 ? [family, ...told] : told;
  };
}

/** The commonest reading; the first of several. */
function usualParts(shown: readonly RunColumns[]): readonly string[] {
  const counted = [...groupBy(shown, (run) => readingParts(run).join()).values()].sort((a, b) => b.length - a.length);
  const [first] = counted[0] ?? [];
  return first === undefined ? [] : readingParts(first);
}
