/** Writing with a masked-diffusion model: canvases and a sampler in, tokens out. Knows no text, no engine. */
import type { AnswerWatch } from '../../core/model.ts';
import { isOwn } from '../../core/samplers/choice.ts';
import type { TraceStep } from '../../core/trace.ts';
import { inGroups } from '../in-groups.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import { denoise } from './denoise.ts';
import { denoiseByBlocks } from './denoise-blocks.ts';
import type { Denoised, DenoiseJob } from './denoise-job.ts';
import type { ProposalWay, Proposer } from './proposal.ts';
import { needsSureness } from './reveal-rules.ts';
import { type Canvas, checkCanvas, type Draws, resolveSampler, type Sampler, type SamplerOptions } from './sampler.ts';
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

/** @param contextLength tokens that the proposer's network can read */
export function infillerWith(proposer: Proposer, contextLength: number): Infiller {
  const { propose, load, dispose } = proposer;
  const infill = async (requests: readonly InfillRequest[], denoiser: Denoiser): Promise<readonly Infilled[]> => {
    const traces = requests.map((): TraceStep[] => []);
    const jobs = requests.map(({ canvas, sampler, draws, trace }, i): DenoiseJob => {
      checkCanvas(canvas, contextLength);
      const job = { canvas, sampler: resolveSampler(sampler), ...(draws === undefined ? {} : { draws }) };
      return trace === true ? { ...job, onStep: (step) => traces[i]?.push(traceStep(step)) } : job;
    });
    const denoised: Denoised[] = [];
    for (const some of inCompanies(jobs, denoiser, proposer)) {
      denoised.push(...(await denoiseByBlocks(some, denoiser, (blocks) => denoise(blocks, denoiser, propose))));
    }
    return denoised.map((result, i) => {
      const trace = traces[i];
      return requests[i]?.trace === true && trace !== undefined ? { ...result, trace } : result;
    });
  };
  return {
    infill,
    load: async (requests) => {
      const ways = new Set(requests.map(({ sampler }) => wayOf(resolveSampler(sampler))));
      for (const way of ways) await load(way);
    },
    dispose,
  };
}

/** Of canvases in blocks, those that are written together: as many as there is room for what is kept of them. */
function inCompanies(
  jobs: readonly DenoiseJob[],
  { blockLength }: Denoiser,
  { rowsAtOnce }: Pick<Proposer, 'rowsAtOnce'>,
): readonly (readonly DenoiseJob[])[] {
  if (blockLength === undefined || rowsAtOnce === undefined || jobs.length === 0) return [jobs];
  const longest = Math.max(...jobs.map(({ canvas }) => canvas.ids.length)) + blockLength;
  const width = rowsAtOnce(longest);
  return Array.from({ length: Math.ceil(jobs.length / width) }, (_, i) => jobs.slice(i * width, (i + 1) * width));
}

function wayOf({ tokens, order }: Sampler): ProposalWay {
  if (tokens === 'drawn' || isOwn(order)) return 'drawn';
  return needsSureness(order) === null ? 'argmax' : 'sure';
}

export interface InfillJob {
  readonly request: InfillRequest;
  /** T where the run sets it; null where every text has its own. */
  readonly steps: number | null;
}

/** Jobs of one number of steps at a time, so that the time of each T can be taken. Results in the order of the jobs. */
export function infillBySteps(
  jobs: readonly InfillJob[],
  { infill, load }: Pick<Infiller, 'infill' | 'load'>,
  denoiser: Denoiser,
  { timed, onTrace }: AnswerWatch,
): Promise<readonly Infilled[]> {
  const stepsOf = ({ steps }: InfillJob): number | null => steps;
  return inGroups(jobs, stepsOf, async (chosen, steps) => {
    const requests = chosen.map(({ request }) => ({ ...request, trace: onTrace !== undefined }));
    if (timed !== undefined) await load(requests);
    const work = () => infill(requests, denoiser);
    return steps === null || timed === undefined ? work() : timed(steps, work);
  });
}
