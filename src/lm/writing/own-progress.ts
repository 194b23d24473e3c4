/** A canvas on its way under a network's own sampler (`own-sampler.ts`). */
import type { OwnSampler } from '../../core/samplers/choice.ts';
import { attentionOf, type Denoiser, toldNoise } from '../likelihood/noised-input.ts';
import { type CanvasProgress, type DenoiseJob, masking, NO_PASSES, without, withPass } from './denoise-job.ts';
import { seededDraws } from './draws.ts';
import { isFixed, type OwnStep, ownSteps, revealChance } from './own-sampler.ts';

/** A nucleus of one token. */
const LIKELIEST_ONLY = Number.MIN_VALUE;

/**
 * Where the chance of a step is known without the network, steps that reveal nothing take no forward, and only what is revealed is
 * asked for: a prediction that is not used plays no part, so the published cache of predictions comes to the same.
 */
export function ownProgress(job: DenoiseJob, denoiser: Denoiser, name: OwnSampler): CanvasProgress {
  const { canvas, sampler, finished, onStep } = job;
  const { own } = denoiser;
  if (own === undefined) throw new TypeError(`${name} is for networks with a diffusion of their own`);
  const steps = ownSteps(sampler.steps, own);
  const draws = job.draws ?? seededDraws(sampler.seed, canvas.key, canvas.draw);
  let masked = canvas.maskable;
  const ids = masking(canvas.ids, masked, denoiser.maskId);
  let at = -1;
  let asked: readonly number[] = [];
  let computed = NO_PASSES;
  const step = (): OwnStep => steps[at] as OwnStep;
  /** Steps still to come. */
  const remaining = (): number => steps.length - 1 - at;
  const reveals = (position: number, logTotal?: number): boolean =>
    draws.reveal(remaining(), position) < revealChance(name, step(), own, logTotal);
  return {
    advance() {
      if (masked.length === 0) return false;
      do {
        at += 1;
        asked = isFixed(name) ? masked.filter((position) => reveals(position)) : masked;
      } while (asked.length === 0);
      return true;
    },
    request() {
      const { t, isLast } = step();
      // The published code of MDLM takes the likeliest tokens where its grid ends; SEDD's draws there too, and blocks end at 0.
      const isArgmax = isLast && isFixed(name) && own.blockLength === undefined;
      return {
        ids,
        ...(finished === undefined ? {} : { finished }),
        attention: attentionOf(ids.length, denoiser, sampler.seed),
        ...toldNoise(own, own.schedule.total(t)),
        rows: asked,
        temperature: sampler.temperature,
        excluded: null, // the mask is out of reach already
        drawn: {
          topP: isArgmax ? LIKELIEST_ONLY : sampler.topP,
          topK: sampler.topK,
          uniform: (row) => draws.token(remaining(), row),
        },
      };
    },
    take(proposals) {
      const { tokens, confidences, logTotals } = proposals;
      computed = withPass(computed, { ids, rows: asked }, proposals);
      const readOf = new Map(asked.map((position, read) => [position, read]));
      const proposal = (position: number) => {
        const read = readOf.get(position) as number;
        return { token: tokens[read] as number, confidence: confidences[read] as number };
      };
      const revealed = asked.filter((position) => reveals(position, logTotals?.[readOf.get(position) as number]));
      onStep?.({ remaining: remaining(), input: ids, asked, proposal, revealed });
      for (const position of revealed) ids[position] = proposal(position).token;
      masked = without(masked, revealed);
    },
    result: () => ({ ids, nfe: computed.passes, computed, steps: sampler.steps }),
  };
}
