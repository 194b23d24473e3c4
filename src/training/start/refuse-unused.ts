import { badArguments } from '../../core/errors.ts';
import type { TrainingOptions } from './options.ts';
import type { StartingModel } from './starting-model.ts';

/**
 * Options of the diffusion recipe cannot matter to an autoregressive model.
 *
 * @throws HarnessError 'bad-arguments' that names all of them
 */
export function refuseUnused(
  options: Pick<TrainingOptions, 'shift' | 'annealSteps' | 'loss' | 'stratify' | 'maskToken' | 'init'>,
  { family }: Pick<StartingModel, 'family'>,
): void {
  if (family === 'diffusion') return;
  const { shift, annealSteps, loss, stratify, maskToken, init } = options;
  const unused = [
    ...(shift === null ? [] : ['--no-shift']),
    ...(annealSteps === 1 ? [] : ['--anneal-steps']),
    ...(loss === 'paper' ? [] : ['--loss']),
    ...(stratify ? ['--stratify'] : []),
    ...(maskToken === null ? [] : ['--mask-token']),
  ];
  if (unused.length === 0) return;
  const found = init === null ? 'an autoregressive one' : `autoregressive ${init}`;
  const hint = `leave ${unused.length === 1 ? 'it' : 'them'} out, add --family diffusion, or make a diffusion model with bench adapt`;
  throw badArguments(`${unused.join(', ')}: expected a diffusion model, found ${found}`, hint);
}
