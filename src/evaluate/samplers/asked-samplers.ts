/** The samplers of `--sampler` on models and tasks: where they have a say. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Question } from '../../core/question.ts';
import type { SamplerChoice } from '../../core/samplers/choice.ts';
import { samplersOf } from '../../options/sampler-spec.ts';
import type { ModelFiles } from '../run-parts.ts';

/** Each sampler that was asked for is a run of its own, where texts are written by one. @param question the first of the task */
export function withSamplers<Reading extends { readonly sampler?: SamplerChoice }>(
  readings: readonly Reading[],
  { options: { family } }: Checkpoint,
  question: Question | undefined,
  { sampler: typed }: { readonly sampler: readonly string[] | null },
): readonly Reading[] {
  if (family !== 'diffusion' || question?.kind !== 'write') return readings;
  return samplersOf(typed).flatMap((sampler) =>
    readings.map((reading) => (sampler === null ? reading : { ...reading, sampler })),
  );
}

/**
 * Blocks that were asked for save nothing where a token sees the whole canvas: what is finished is computed again at every step, as what
 * stands there depends on what is still masked. Empty where there are none.
 */
export function blocksAtCost(
  models: readonly ModelFiles[],
  { sampler }: { readonly sampler: readonly string[] | null },
): readonly string[] {
  if (!samplersOf(sampler).some((choice) => choice?.block !== undefined)) return [];
  const names = models
    .filter(({ checkpoint: { options } }) => options.family === 'diffusion' && options.blockLength === undefined)
    .map(({ checkpoint }) => checkpoint.name);
  if (names.length === 0) return [];
  const who = [...new Set(names)].join(', ');
  return [
    `--sampler: no keys and values of finished blocks are reused with ${who}, where every token sees the whole canvas; each step computes all of it`,
  ];
}
