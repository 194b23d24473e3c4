/** Denoising jobs of one number of steps at a time, so that the time of each T can be taken. */
import type { AnswerWatch } from '../../core/model.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import type { Infilled, Infiller, InfillRequest } from './infill.ts';

export interface InfillJob {
  readonly request: InfillRequest;
  /** T where the run sets it; null where every text has its own. */
  readonly steps: number | null;
}

/** Results in the order of the jobs; what they are does not depend on the grouping. */
export async function infillBySteps(
  jobs: readonly InfillJob[],
  { infill, load }: Pick<Infiller, 'infill' | 'load'>,
  denoiser: Denoiser,
  { timed, onTrace }: AnswerWatch,
): Promise<readonly Infilled[]> {
  const results = new Array<Infilled>(jobs.length);
  const trace = onTrace !== undefined;
  for (const steps of new Set(jobs.map((job) => job.steps))) {
    const chosen = [...jobs.keys()].filter((i) => jobs[i]?.steps === steps);
    const requests = chosen.map((i) => ({ ...(jobs[i] as InfillJob).request, trace }));
    if (timed !== undefined) await load(requests);
    const work = () => infill(requests, denoiser);
    const found = await (steps === null || timed === undefined ? work() : timed(steps, work));
    chosen.forEach((i, at) => {
      results[i] = found[at] as Infilled;
    });
  }
  return results;
}
