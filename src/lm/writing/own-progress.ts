/** A canvas on its way under a network's own sampler (`own-sampler.ts`). */
import type { OwnDiffusion } from '../../architectures/architecture.ts';
import type { OwnSampler } from '../../core/samplers/choice.ts';
import { attentionOf, type Denoiser, toldNoise } from '../likelihood/noised-input.ts';
import { type CanvasProgress, type Denoised, type DenoiseJob, NO_PASSES, withPass } from './denoise-job.ts';
import { seededDraws } from './draws.ts';
import { isFixed, type OwnStep, ownSteps, revealChance } from './own-sampler.ts';
import type { ProposalRequest, Proposals } from './proposal.ts';
import type { Draws } from './sampler.ts';

/** A nucleus of one token. */
const LIKELIEST_ONLY = Number.MIN_VALUE;

/**
 * Where the chance of a step is known without the network, steps that reveal nothing take no forward, and only what is revealed is
 * asked for: a prediction that is not used plays no part, so the published cache of predictions comes to the same.
 */
export class OwnProgress implements CanvasProgress {
  readonly #job: DenoiseJob;
  readonly #denoiser: Denoiser;
  readonly #own: OwnDiffusion;
  readonly #sampler: OwnSampler;
  readonly #steps: readonly OwnStep[];
  readonly #draws: Draws;
  readonly #ids: Int32Array;
  #masked: readonly number[];
  #at = -1;
  #asked: readonly number[] = [];
  #computed = NO_PASSES;

  constructor(job: DenoiseJob, denoiser: Denoiser, sampler: OwnSampler) {
    const { canvas } = job;
    if (denoiser.own === undefined) throw new TypeError(`${sampler} is for networks with a diffusion of their own`);
    this.#job = job;
    this.#denoiser = denoiser;
    this.#own = denoiser.own;
    this.#sampler = sampler;
    this.#steps = ownSteps(job.sampler.steps, denoiser.own);
    this.#draws = job.draws ?? seededDraws(job.sampler.seed, canvas.key, canvas.draw);
    this.#masked = canvas.maskable;
    this.#ids = canvas.ids.slice();
    for (const position of this.#masked) this.#ids[position] = denoiser.maskId;
  }

  advance(): boolean {
    if (this.#masked.length === 0) return false;
    do {
      this.#at += 1;
      this.#asked = isFixed(this.#sampler) ? this.#masked.filter((position) => this.#reveals(position)) : this.#masked;
    } while (this.#asked.length === 0);
    return true;
  }

  request(): ProposalRequest {
    const { sampler, finished } = this.#job;
    const { t, isLast } = this.#step;
    // The published code of MDLM takes the likeliest tokens where its grid ends; SEDD's draws there too, and blocks end at 0.
    const isArgmax = isLast && isFixed(this.#sampler) && this.#own.blockLength === undefined;
    return {
      ids: this.#ids,
      ...(finished === undefined ? {} : { finished }),
      attention: attentionOf(this.#ids.length, this.#denoiser, sampler.seed),
      ...toldNoise(this.#own, this.#own.schedule.total(t)),
      rows: this.#asked,
      temperature: sampler.temperature,
      excluded: null, // the mask is out of reach already
      drawn: {
        topP: isArgmax ? LIKELIEST_ONLY : sampler.topP,
        topK: sampler.topK,
        uniform: (row) => this.#draws.token(this.#remaining, row),
      },
    };
  }

  take(proposals: Proposals): void {
    const { tokens, confidences, logTotals } = proposals;
    this.#computed = withPass(this.#computed, { ids: this.#ids, rows: this.#asked }, proposals);
    const readOf = new Map(this.#asked.map((position, read) => [position, read]));
    const proposal = (position: number) => {
      const read = readOf.get(position) as number;
      return { token: tokens[read] as number, confidence: confidences[read] as number };
    };
    const revealed = this.#asked.filter((position) =>
      this.#reveals(position, logTotals?.[readOf.get(position) as number]),
    );
    this.#job.onStep?.({ remaining: this.#remaining, input: this.#ids, asked: this.#asked, proposal, revealed });
    for (const position of revealed) this.#ids[position] = proposal(position).token;
    const isRevealed = new Set(revealed);
    this.#masked = this.#masked.filter((position) => !isRevealed.has(position));
  }

  result(): Denoised {
    const computed = this.#computed;
    return { ids: this.#ids, nfe: computed.passes, computed, steps: this.#job.sampler.steps };
  }

  get #step(): OwnStep {
    return this.#steps[this.#at] as OwnStep;
  }

  /** Steps still to come. */
  get #remaining(): number {
    return this.#steps.length - 1 - this.#at;
  }

  #reveals(position: number, logTotal?: number): boolean {
    const chance = revealChance(this.#sampler, this.#step, this.#own, logTotal);
    return this.#draws.reveal(this.#remaining, position) < chance;
  }
}
