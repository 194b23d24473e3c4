/**
 * The denoising loop: every canvas starts with its maskable positions masked; each step proposes a token for masked positions
 * and reveals some of them. Canvases step together and share forwards; none sees another.
 *
 * Not here: which positions a step reveals (`reveal-rules.ts`), how tokens are chosen (`tokens/draw-token.ts`), where a prediction is
 * read (`shift.ts`).
 *
 * @source Gong et al. 2024, arXiv 2410.17891, algorithm 2; the published samplers at c17e897 (see `reveal-rules.ts`)
 */
import { isOwn } from '../../core/samplers/choice.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import type { CanvasProgress, Denoised, DenoiseJob } from './denoise-job.ts';
import type { Proposals, Propose } from './proposal.ts';
import { RevealProgress } from './reveal-progress.ts';

export type StartCanvas = (job: DenoiseJob, denoiser: Denoiser) => CanvasProgress;

/** Results in the order of the jobs. */
export async function denoise(
  jobs: readonly DenoiseJob[],
  denoiser: Denoiser,
  propose: Propose,
  start: StartCanvas = byRule,
): Promise<readonly Denoised[]> {
  const all = jobs.map((job) => start(job, denoiser));
  for (;;) {
    const open = all.filter((progress) => progress.advance());
    if (open.length === 0) return all.map((progress) => progress.result());
    const proposals = await propose(open.map((progress) => progress.request()));
    open.forEach((progress, i) => {
      progress.take(proposals[i] as Proposals);
    });
  }
}

/** A canvas that is revealed by a rule of `reveal-rules.ts`. */
export const byRule: StartCanvas = (job, denoiser) => {
  const { order, ...sampler } = job.sampler;
  if (isOwn(order)) throw new TypeError(`${order} is a network's own sampler`);
  return new RevealProgress(job, { ...sampler, order }, denoiser);
};
