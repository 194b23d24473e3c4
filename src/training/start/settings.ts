/** What the options say of recipe, optimizer and rows, given the model that training begins with. */
import { badArguments } from '../../core/errors.ts';
import type { Tokens } from '../../core/units.ts';
import type { Recipe } from '../recipe.ts';
import type { OptimizerSettings } from '../trainable.ts';
import type { TrainingOptions } from './options.ts';
import type { StartingModel } from './starting-model.ts';

export function recipeOf(
  { loss, annealSteps, stratify }: TrainingOptions,
  { family, maskId, shift }: StartingModel,
): Recipe {
  if (family === 'autoregressive') return { kind: 'autoregressive' };
  if (maskId === null) throw new TypeError('a diffusion model has a mask');
  return { kind: 'diffusion', loss, shift, maskId, annealSteps, stratified: stratify };
}

export function optimizerOf({ betas, weightDecay, clip }: TrainingOptions): OptimizerSettings {
  return { betas, epsilon: 1e-8, weightDecay, clip: clip === 0 ? null : clip };
}

/** Of a row. @throws HarnessError 'bad-arguments' where the model reads less */
export function lengthOf({ length, data }: TrainingOptions, { architecture }: StartingModel): Tokens {
  const { contextLength } = architecture;
  const long = data.findIndex((source) => (source.length ?? 0) > contextLength);
  if (long >= 0) {
    const found = `the model reads ${contextLength} tokens, found ${data[long]?.length}`;
    throw badArguments(`data[${long}].length: ${found}`);
  }
  if (length === null || length <= contextLength) return length ?? contextLength;
  throw badArguments(`--length: the model reads ${contextLength} tokens, found ${length}`);
}
