/** The samplers of `--sampler` on models and tasks: where they have a say. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Question } from '../../core/question.ts';
import type { SamplerChoice } from '../../core/samplers/choice.ts';
import { samplersOf } from '../../options/sampler-spec.ts';

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
