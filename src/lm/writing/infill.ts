/** Writing with a masked-diffusion model, for callers: canvases and a sampler in, tokens out. Knows no text. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { TraceStep } from '../../core/trace.ts';
import type { Engine } from '../../engines/engine.ts';
import type { ForwardOptions } from '../forward/forward.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import { type Denoised, type DenoiseJob, denoise } from './denoise.ts';
import { proposerOf } from './proposer.ts';
import { type Canvas, checkCanvas, type Draws, resolveSampler, type SamplerOptions } from './sampler.ts';
import { type Trajectory, traceStep } from './trajectory.ts';

export interface Infilled extends Denoised {
  /** Present where it was asked for. */
  readonly trace?: Trajectory;
}

export interface InfillRequest {
  readonly canvas: Canvas;
  readonly sampler: SamplerOptions;
  /** Default: drawn from the sampler's seed and the canvas's key and draw. */
  readonly draws?: Draws;
  /** Keep what each step proposed and revealed. Default: false. */
  readonly trace?: boolean;
}

export interface Infiller {
  /**
   * Results in the order of the requests, each independent of the others.
   *
   * @throws HarnessError 'bad-request' or 'context-overflow' before anything runs
   */
  infill(requests: readonly InfillRequest[], denoiser: Denoiser): Promise<readonly Infilled[]>;
  /** Loads the weights that the requests need, which `infill` else does; for those who take its time. */
  load(requests: readonly InfillRequest[]): Promise<void>;
  dispose(): Promise<void>;
}

/** Weights are loaded with the first request. */
export function openInfiller(checkpoint: Checkpoint, engine: Engine, options: ForwardOptions = {}): Infiller {
  const { propose, load, dispose } = proposerOf(checkpoint, engine, options);
  const infill = async (requests: readonly InfillRequest[], denoiser: Denoiser): Promise<readonly Infilled[]> => {
    const traces = requests.map((): TraceStep[] => []);
    const jobs = requests.map(({ canvas, sampler, draws, trace }, i): DenoiseJob => {
      checkCanvas(canvas, checkpoint.architecture.contextLength);
      const job = { canvas, sampler: resolveSampler(sampler), ...(draws === undefined ? {} : { draws }) };
      return trace === true ? { ...job, onStep: (step) => traces[i]?.push(traceStep(step)) } : job;
    });
    const denoised = await denoise(jobs, denoiser, propose);
    return denoised.map((result, i) => {
      const trace = traces[i];
      return requests[i]?.trace === true && trace !== undefined ? { ...result, trace } : result;
    });
  };
  return {
    infill,
    load: async (requests) => {
      const ways = new Set(requests.map(({ sampler }) => resolveSampler(sampler).tokens));
      for (const way of ways) await load(way);
    },
    dispose,
  };
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
    return await infiller.infill(
      canvases.map((canvas) => ({ canvas, sampler, trace })),
      denoiser,
    );
  } finally {
    await infiller.dispose();
  }
}
