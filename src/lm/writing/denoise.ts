/**
 * The denoising loop: every canvas starts with its maskable positions masked; each step proposes a token for masked positions
 * and reveals some of them. Canvases step together and share forwards; none sees another.
 *
 * Not here: which positions a step reveals (`reveal-order.ts`), how tokens are chosen (`draw-token.ts`), where a prediction is
 * read (`shift.ts`).
 *
 * @source Gong et al. 2024, arXiv 2410.17891, algorithm 2; the published samplers at c17e897 (see `reveal-order.ts`)
 */
import { attentionOf, type Denoiser, noiseAtShare } from '../likelihood/noised-input.ts';
import { predictedPosition, predictingRow, rankingRow } from '../shift.ts';
import type { CanvasProgress, Denoised, DenoiseJob } from './denoise-job.ts';
import type { ProposalRequest, Proposals, Propose } from './proposal.ts';
import { type RevealState, revealByChance, revealByOfficialScore, revealCount, revealHighest } from './reveal-order.ts';
import { type Draws, seededDraws } from './sampler.ts';

export type StartCanvas = (job: DenoiseJob, denoiser: Denoiser) => CanvasProgress;

/** Results in the order of the jobs. */
export async function denoise(
  jobs: readonly DenoiseJob[],
  denoiser: Denoiser,
  propose: Propose,
  start: StartCanvas = inRevealOrder,
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

/** A canvas that is revealed in one of the orders of `reveal-order.ts`. */
export const inRevealOrder: StartCanvas = (job, denoiser) => new Progress(job, denoiser);

class Progress implements CanvasProgress {
  readonly #job: DenoiseJob;
  readonly #denoiser: Denoiser;
  readonly #draws: Draws;
  readonly #ids: Int32Array;
  /** Where revealing is decided: all maskable positions, without those that no row predicts under `canonical`. */
  readonly #maskable: readonly number[];
  #masked: readonly number[];
  /** The step under way; K before the first. */
  #remaining: number;
  #asked: readonly number[] = [];
  #rows: readonly number[] = [];
  #passes = 0;
  #reads = 0;

  constructor(job: DenoiseJob, denoiser: Denoiser) {
    const { canvas, sampler } = job;
    const isWritten = (position: number) =>
      sampler.form === 'paper' || predictingRow(position, denoiser.shift) !== null;
    this.#job = job;
    this.#denoiser = denoiser;
    this.#draws = job.draws ?? seededDraws(sampler.seed, canvas.key, canvas.draw);
    this.#maskable = canvas.maskable.filter(isWritten);
    this.#masked = this.#maskable;
    this.#remaining = sampler.steps;
    this.#ids = canvas.ids.slice();
    for (const position of this.#maskable) this.#ids[position] = denoiser.maskId;
  }

  advance(): boolean {
    if (this.#masked.length === 0) return false;
    this.#remaining -= 1;
    if (this.#job.sampler.form === 'canonical') while (revealCount(this.#state) === 0) this.#remaining -= 1;
    return true;
  }

  request(): ProposalRequest {
    const { canvas, sampler } = this.#job;
    const { maskId, shift } = this.#denoiser;
    const { length } = this.#ids;
    this.#asked = this.#positionsToAsk();
    this.#rows = [...new Set(this.#asked.map((position) => rankingRow(position, shift)))];
    this.#passes += 1;
    this.#reads += this.#rows.length;
    const remaining = this.#remaining;
    const uniform = (row: number) => this.#draws.token(remaining, predictedPosition(row, shift));
    const keys = ['denoise', canvas.key, canvas.draw, sampler.steps, remaining];
    return {
      ids: this.#ids,
      attention: attentionOf(length, this.#denoiser, sampler.seed, ...keys),
      rows: this.#rows,
      temperature: sampler.temperature,
      excluded: sampler.form === 'canonical' ? maskId : null,
      ...noiseAtShare(this.#denoiser, this.#masked.length / this.#maskable.length),
      drawn: sampler.tokens === 'drawn' ? { topP: sampler.topP, uniform } : null,
    };
  }

  take({ tokens, confidences }: Proposals): void {
    const { canvas, onStep } = this.#job;
    const { shift } = this.#denoiser;
    const readOf = new Map(this.#rows.map((row, read) => [row, read]));
    const proposal = (position: number) => {
      const read = readOf.get(rankingRow(position, shift)) as number;
      const isGiven = predictingRow(position, shift) === null;
      const token = (isGiven ? canvas.ids[position] : tokens[read]) as number;
      return { token, confidence: confidences[read] as number };
    };
    const revealed = this.#choose((position) => proposal(position).confidence);
    onStep?.({ remaining: this.#remaining, input: this.#ids, asked: this.#asked, proposal, revealed });
    for (const position of revealed) this.#ids[position] = proposal(position).token;
    const isRevealed = new Set(revealed);
    this.#masked = this.#masked.filter((position) => !isRevealed.has(position));
  }

  result(): Denoised {
    const { form, steps } = this.#job.sampler;
    const computed = { passes: this.#passes, reads: this.#reads };
    return { ids: this.#ids, nfe: form === 'paper' ? steps : this.#passes, computed, steps };
  }

  /** The published confidence order also ranks what it has revealed; chance alone need not see more than it reveals. */
  #positionsToAsk(): readonly number[] {
    const { form, order } = this.#job.sampler;
    if (form === 'paper') return order === 'confidence' ? this.#maskable : this.#masked;
    return order === 'confidence' ? this.#masked : this.#choose(() => 0);
  }

  #choose(confidenceOf: (position: number) => number): readonly number[] {
    const { form, order } = this.#job.sampler;
    const draw = (step: number) => (position: number) => this.#draws.reveal(step, position);
    if (form === 'paper') {
      if (order === 'confidence') return revealByOfficialScore(this.#state, confidenceOf);
      return this.#remaining === 0 ? this.#masked : revealByChance(this.#state, draw(this.#remaining));
    }
    // One number a position for all steps, that of step 0: the order is the same for every K.
    return revealHighest(this.#state, order === 'confidence' ? confidenceOf : draw(0));
  }

  get #state(): RevealState {
    const { steps } = this.#job.sampler;
    return { maskable: this.#maskable, masked: this.#masked, remaining: this.#remaining, steps };
  }
}
