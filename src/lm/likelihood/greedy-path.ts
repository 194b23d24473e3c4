/**
 * Would the canonical decoder write the answer? From all tokens masked, the masked position with the most confident
 * prediction is revealed, one a step; the answer is greedy when every revealed token is the answer's. Decided on the
 * answer's own states, so no text is generated: the first wrong token ends the path.
 */

import { PassPool } from '../forward/pass-pool.ts';
import type { Forward } from '../forward/sequence.ts';
import { type BoundPlan, requestMasked } from './bound.ts';
import type { Denoiser } from './noised-input.ts';

/** One answer on its way; `masked` are the positions not yet revealed. */
interface Path {
  readonly bound: BoundPlan;
  readonly key: string;
  readonly pool: PassPool;
  masked: readonly number[];
  verdict: boolean | null;
}

/** Verdicts for several answers at once, in order. Passes that the pools already hold are not run again. */
export async function greedyPaths(
  answers: readonly { readonly bound: BoundPlan; readonly key: string; readonly pool: PassPool }[],
  denoiser: Denoiser,
  seed: number,
  forward: Forward,
): Promise<readonly boolean[]> {
  const paths: Path[] = answers.map((answer) => ({ ...answer, masked: answer.bound.scorable, verdict: null }));
  for (;;) {
    const open = paths.filter((path) => path.verdict === null);
    if (open.length === 0) return paths.map((path) => path.verdict === true);
    const tickets = open.map(({ bound, key, masked, pool }) =>
      requestMasked(bound, masked, denoiser, seed, key, drawOf(bound, masked), pool),
    );
    const pools = open.map((path) => path.pool);
    await PassPool.run(pools, forward);
    open.forEach((path, i) => {
      const readings = path.pool.readings(tickets[i] as (typeof tickets)[number]);
      const confidences = readings.map((reading) => reading.bestLogprob);
      const chosen = confidences.indexOf(Math.max(...confidences)); // lowest position on ties
      if (readings[chosen]?.isBest !== true) path.verdict = false;
      else path.masked = path.masked.filter((_, at) => at !== chosen);
      if (path.verdict === null && path.masked.length === 0) path.verdict = true;
    });
  }
}

/** The planned draw with this mask, so that the pass is shared; −(number of masked positions) when none has it. */
function drawOf({ plan, scorable }: BoundPlan, masked: readonly number[]): number {
  const found = plan.masks.findIndex(
    (mask) => mask.length === masked.length && mask.every((offset, i) => scorable[offset] === masked[i]),
  );
  return found >= 0 ? found : -masked.length;
}
