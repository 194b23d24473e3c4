/** A canvas on its way under a sampler that chooses positions by a rule (`reveal-rules.ts`). */
import type { Tokens } from '../../core/units.ts';
import { attentionOf, type Denoiser, noiseAtShare } from '../likelihood/noised-input.ts';
import { predictedPosition, predictingRow, rankingRow } from '../shift.ts';
import { type CanvasProgress, type Denoised, type DenoiseJob, NO_PASSES, withPass } from './denoise-job.ts';
import { seededDraws } from './draws.ts';
import type { ProposalRequest, Proposals } from './proposal.ts';
import type { RevealState } from './reveal-order.ts';
import {
  leavesIdleOut,
  needsSureness,
  type PositionReadings,
  plannedCount,
  type RevealSampler,
  readsFirst,
  revealedBy,
  takesAllSteps,
} from './reveal-rules.ts';
import type { Draws } from './sampler.ts';

/** Positions that are revealed before those of the next part are touched, in K steps of their own. */
interface Part {
  readonly maskable: readonly number[];
  readonly steps: number;
  /** Steps of the parts behind it. */
  readonly later: number;
}

export class RevealProgress implements CanvasProgress {
  readonly #job: DenoiseJob;
  readonly #sampler: RevealSampler;
  readonly #denoiser: Denoiser;
  readonly #draws: Draws;
  readonly #ids: Int32Array;
  /** Where revealing is decided: all maskable positions, without those that no row predicts under `canonical`. */
  readonly #maskable: readonly number[];
  readonly #parts: readonly Part[];
  #part = 0;
  #masked: readonly number[];
  /** The step of the part under way; K before the first. */
  #remaining: number;
  #asked: readonly number[] = [];
  #rows: readonly number[] = [];
  #computed = NO_PASSES;

  constructor(job: DenoiseJob, sampler: RevealSampler, denoiser: Denoiser) {
    const { canvas } = job;
    const isWritten = (position: number) =>
      sampler.form === 'paper' || predictingRow(position, denoiser.shift) !== null;
    this.#job = job;
    this.#sampler = sampler;
    this.#denoiser = denoiser;
    this.#draws = job.draws ?? seededDraws(sampler.seed, canvas.key, canvas.draw);
    this.#maskable = canvas.maskable.filter(isWritten);
    this.#masked = this.#maskable;
    this.#parts = partsOf(this.#maskable, sampler);
    this.#remaining = this.#parts[0]?.steps ?? 0;
    this.#ids = canvas.ids.slice();
    for (const position of this.#maskable) this.#ids[position] = denoiser.maskId;
  }

  advance(): boolean {
    if (this.#masked.length === 0) return false;
    if (this.#state.masked.length === 0) {
      this.#part += 1;
      this.#remaining = this.#current.steps;
    }
    do this.#remaining = this.#nextRemaining();
    while (leavesIdleOut(this.#sampler) && this.#isIdle);
    this.#asked = this.#positionsToAsk();
    return true;
  }

  request(): ProposalRequest {
    const { canvas, finished } = this.#job;
    const { maskId, shift } = this.#denoiser;
    const { seed, steps, form, temperature, tokens, topP, topK } = this.#sampler;
    this.#rows = [...new Set(this.#asked.map((position) => rankingRow(position, shift)))];
    const toCome = this.#toCome;
    const uniform = (row: number) => this.#draws.token(toCome, predictedPosition(row, shift));
    const keys = ['denoise', canvas.key, canvas.draw, steps, toCome];
    const sureness = needsSureness(this.#sampler.order);
    return {
      ids: this.#ids,
      ...(finished === undefined ? {} : { finished }),
      attention: attentionOf(this.#ids.length, this.#denoiser, seed, ...keys),
      rows: this.#rows,
      temperature,
      excluded: form === 'canonical' ? maskId : null,
      ...noiseAtShare(this.#denoiser, this.#masked.length / this.#maskable.length),
      ...(sureness === null ? {} : { sureness }),
      drawn: tokens === 'drawn' ? { topP, topK, uniform } : null,
    };
  }

  take(proposals: Proposals): void {
    const { tokens, confidences, sureness } = proposals;
    this.#computed = withPass(this.#computed, { ids: this.#ids, rows: this.#rows }, proposals);
    const { canvas, onStep } = this.#job;
    const { shift } = this.#denoiser;
    const readOf = new Map(this.#rows.map((row, read) => [row, read]));
    const read = (position: number) => readOf.get(rankingRow(position, shift)) as number;
    const proposal = (position: number) => {
      const isGiven = predictingRow(position, shift) === null;
      const token = (isGiven ? canvas.ids[position] : tokens[read(position)]) as number;
      return { token, confidence: confidences[read(position)] as number };
    };
    const ranks = sureness ?? confidences;
    const revealed = this.#choose({
      rankOf: (position) => ranks[read(position)] as number,
      probabilityOf: (position) => Math.exp(confidences[read(position)] as number),
    });
    onStep?.({ remaining: this.#toCome, input: this.#ids, asked: this.#asked, proposal, revealed });
    for (const position of revealed) this.#ids[position] = proposal(position).token;
    const isRevealed = new Set(revealed);
    this.#masked = this.#masked.filter((position) => !isRevealed.has(position));
  }

  result(): Denoised {
    const { steps } = this.#sampler;
    const asked = this.#parts.reduce((sum, part) => sum + part.steps, 0);
    const computed = this.#computed;
    const nfe = takesAllSteps(this.#sampler) ? Math.max(steps, asked) : computed.passes;
    return { ids: this.#ids, nfe, computed, steps };
  }

  #positionsToAsk(): readonly number[] {
    const what = readsFirst(this.#sampler);
    if (what !== 'chosen') return this.#state[what];
    return this.#choose({ rankOf: () => 0, probabilityOf: () => 0 });
  }

  /** Whether the step reveals nothing; known before anything is read where predictions have no say or a schedule has. */
  get #isIdle(): boolean {
    if (readsFirst(this.#sampler) === 'chosen') return this.#positionsToAsk().length === 0;
    return plannedCount(this.#sampler, this.#state) <= 0;
  }

  #choose(readings: Omit<PositionReadings, 'drawOf'>): readonly number[] {
    const drawOf = (step: number, position: number) => this.#draws.reveal(step, position);
    return revealedBy(this.#sampler, this.#state, { ...readings, drawOf });
  }

  /** Where no schedule says how many there are, one a position at most. */
  #nextRemaining(): number {
    return this.#sampler.order === 'threshold' ? this.#state.masked.length - 1 : this.#remaining - 1;
  }

  get #current(): Part {
    return this.#parts[this.#part] as Part;
  }

  /** Steps to come over all parts. */
  get #toCome(): number {
    return this.#remaining + this.#current.later;
  }

  get #state(): RevealState {
    const { maskable, steps } = this.#current;
    const last = maskable.at(-1) ?? -1; // what is masked before the part under way there is none
    const masked = this.#parts.length === 1 ? this.#masked : this.#masked.filter((position) => position <= last);
    const blockLength = this.#denoiser.blockLength ?? maskable.length;
    return { maskable, masked, remaining: this.#remaining, steps, blockLength };
  }
}

/** The blocks of a canvas. In the paper form all have ⌈K / blocks⌉ steps, else the first ones have one more where K leaves a rest. */
function partsOf(maskable: readonly number[], { block, steps, form, order }: RevealSampler): readonly Part[] {
  const length = block ?? Math.max(1, maskable.length);
  const count = Math.max(1, Math.ceil(maskable.length / length));
  const blocks = Array.from({ length: count }, (_, i) => maskable.slice(i * length, (i + 1) * length));
  const each = blocks.map(({ length: positions }, i): Tokens => {
    if (order === 'threshold') return positions;
    return form === 'paper'
      ? Math.ceil(steps / count)
      : Math.max(1, Math.floor(steps / count) + (i < steps % count ? 1 : 0));
  });
  return blocks.map((positions, i) => ({
    maskable: positions,
    steps: each[i] as number,
    later: each.slice(i + 1).reduce((sum, own) => sum + own, 0),
  }));
}
