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
import { ownProgress } from './own-progress.ts';
import type { Proposals, Propose } from './proposal.ts';
import { revealProgress } from './reveal-progress.ts';

/** Results in the order of the jobs. */
export async function denoise(
  jobs: readonly DenoiseJob[],
  denoiser: Denoiser,
  propose: Propose,
): Promise<readonly Denoised[]> {
  const all = jobs.map((job) => begun(job, denoiser));
  for (;;) {
    const open = all.filter((progress) => progress.advance());
    if (open.length === 0) return all.map((progress) => progress.result());
    const proposals = await propose(open.map((progress) => progress.request()));
    open.forEach((progress, i) => {
      progress.take(proposals[i] as Proposals);
    });
  }
}

/** By a rule of `reveal-rules.ts`; networks' own samplers step in their own way. */
function begun(job: DenoiseJob, denoiser: Denoiser): CanvasProgress {
  const { order, ...sampler } = job.sampler;
  return isOwn(order) ? ownProgress(job, denoiser, order) : revealProgress(job, { ...sampler, order }, denoiser);
}
