/**
 * How a run read its model: the family, the weights, the attention, the shift and the mask. Tables go by names, so that a name must say
 * what the reading is wherever one model has several.
 */

import { groupBy } from '../../core/collect.ts';
import { deviceOf, isDenoising } from '../../core/model.ts';
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
    const byFamily = groupBy(ofName, ({ manifest }) => manifest.model.family);
    for (const [family, ofFamily] of byFamily) {
      const byWeights = groupBy(ofFamily, modelKey);
      const [digests, dtypes] = [distinct(ofFamily, 'weightsDigest'), distinct(ofFamily, 'dtype')];
      const precisions = new Set(ofFamily.map(({ facts }) => facts.precision)).size;
      const devices = distinct(ofFamily, 'device');
      for (const [key, group] of byWeights) {
        const usual = usualParts(shown.filter((run) => modelKey(run) === key));
        for (const run of group) {
          const parts = [
            ...(byFamily.size > 1 ? [family] : []),
            ...(digests > 1 ? [`weights ${run.manifest.model.weightsDigest.slice(0, DIGITS)}`] : []),
            ...(dtypes > 1 ? [run.manifest.model.dtype] : []),
            ...(precisions > 1 ? [run.facts.precision ?? 'one precision'] : []),
            ...(devices > 1 ? [deviceOf(run.manifest.model)] : []),
            ...readingParts(run).filter((part) => !usual.includes(part)),
          ];
          names.set(run, parts.length === 0 ? name : `${name} (${parts.join(', ')})`);
        }
      }
    }
  }
  return runs.map((run) => ({ ...run, facts: { ...run.facts, model: names.get(run) ?? run.facts.model } }));
}

const distinct = (runs: readonly RunColumns[], key: 'weightsDigest' | 'dtype' | 'device'): number =>
  new Set(runs.map(({ manifest }) => manifest.model[key])).size;

/** The commonest reading; the first of several. */
function usualParts(shown: readonly RunColumns[]): readonly string[] {
  const counted = [...groupBy(shown, (run) => readingParts(run).join()).values()].sort((a, b) => b.length - a.length);
  const [first] = counted[0] ?? [];
  return first === undefined ? [] : readingParts(first);
}
