/** The denoiser that a checkpoint holds: its mask, and what its network is to be told of noise. */
import { ownDiffusion } from '../../architectures/index.ts';
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import { badArguments, notSupported } from '../../core/errors.ts';
import type { Forward } from '../forward/sequence.ts';
import type { Denoiser } from './noised-input.ts';

/**
 * The denoiser that a checkpoint holds, read as `settings` say.
 *
 * @param purpose what needs a mask, for the message
 * @throws HarnessError 'not-supported' for a diffusion without a mask, 'bad-arguments' for a share of the future of a model that has
 *   blocks
 */
export function denoiserOf(
  checkpoint: DenoisingCheckpoint,
  { shift, openFraction }: Pick<Denoiser, 'shift' | 'openFraction'>,
  purpose: string,
): Denoiser {
  const { blockLength } = checkpoint.options;
  if (blockLength !== undefined && openFraction < 1) {
    const found = `${checkpoint.name} sees blocks of ${blockLength} tokens and all before them`;
    throw badArguments(`attention ${openFraction}: expected 1, as ${found}`);
  }
  const blocks = blockLength === undefined ? {} : { blockLength };
  const denoiser = { maskId: requireMask(checkpoint, purpose), shift, openFraction, ...blocks };
  const own = ownDiffusion(checkpoint.architecture);
  return own === null ? denoiser : { ...denoiser, own };
}

type DenoisingCheckpoint = Pick<Checkpoint, 'name' | 'architecture' | 'options'>;

/** @throws HarnessError 'not-supported' for a diffusion without a mask */
export function requireMask({ name, options }: DenoisingCheckpoint, purpose: string): number {
  if (options.maskId !== null) return options.maskId;
  throw notSupported(
    `${purpose} needs a mask token, and the diffusion of ${name} has none: its noise exchanges tokens for others`,
  );
}

/** A network as it is probed: where it is told noise, always the same, that of time 1/2. */
export function evenlyTold(forward: Forward, { architecture }: Pick<Checkpoint, 'architecture'>): Forward {
  const own = ownDiffusion(architecture);
  if (own === null || !own.readsNoise) return forward;
  const sigma = own.schedule.total(0.5);
  return (sequences) => forward(sequences.map((sequence) => ({ ...sequence, sigma })));
}
