import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Engine } from '../../engines/engine.ts';
import { logprobProgram } from '../../programs/readout.ts';
import { type Forward, type ForwardOptions, forwardWith } from './forward.ts';

/**
 * A checkpoint's network in an engine: token ids in, log-probabilities out. Knows no text. The best token of a diffusion model is
 * never the mask, as nothing but the samplers' `paper` form writes it.
 */
export interface OpenNet {
  readonly forward: Forward;
  dispose(): Promise<void>;
}

export async function openNet(checkpoint: Checkpoint, engine: Engine, options: ForwardOptions = {}): Promise<OpenNet> {
  const { architecture, options: reading } = checkpoint;
  const mask = reading.family === 'diffusion' ? reading.maskId : null;
  const executable = await engine.compile(logprobProgram(architecture, mask), checkpoint.tensors);
  return {
    forward: forwardWith(executable, architecture, options),
    dispose: () => executable.dispose(),
  };
}
