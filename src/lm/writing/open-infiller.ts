/** Writing with the denoising model of a checkpoint. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { Engine } from '../../engines/engine.ts';
import type { ForwardOptions } from '../forward/batches.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import { type Infilled, type Infiller, infillerWith } from './infill.ts';
import { proposerOf } from './proposer.ts';
import type { Canvas, SamplerOptions } from './sampler.ts';

/** Weights are loaded with the first request. */
export function openInfiller(checkpoint: Checkpoint, engine: Engine, options: ForwardOptions = {}): Infiller {
  return infillerWith(proposerOf(checkpoint, engine, options), checkpoint.architecture.contextLength);
}

/** Canvases under one sampler, with an engine opened for them alone. */
export async function denoiseCanvases(
  canvases: readonly Canvas[],
  sampler: SamplerOptions,
  denoiser: Denoiser,
  parts: ForwardOptions & { readonly checkpoint: Checkpoint; readonly engine: Engine; readonly trace?: boolean },
): Promise<readonly Infilled[]> {
  const infiller = openInfiller(parts.checkpoint, parts.engine, parts);
  const trace = parts.trace ?? false;
  try {
    const jobs = canvases.map((canvas) => ({ canvas, sampler, trace }));
    return await infiller.infill(jobs, denoiser);
  } finally {
    await infiller.dispose();
  }
}
