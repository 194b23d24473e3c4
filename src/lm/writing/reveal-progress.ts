/** A canvas on its way under a sampler that chooses positions by a rule (`reveal-rules.ts`). */
import type { Tokens } from '../../core/units.ts';
import { attentionOf, type Denoiser, noiseAtShare } from '../likelihood/noised-input.ts';
import { predictable, predictedPosition, predictingRow, rankingRow } from '../shift.ts';
import { type CanvasProgress, type DenoiseJob, masking, NO_PASSES, without, withPass } from './denoise-job.ts';
import { seededDraws } from './draws.ts';
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

/** Positions that are revealed before those of the next part are touched, in K steps of their own. */
interface Part {
  readonly maskable: readonly number[];
  readonly steps: number;
  /** Steps of the parts behind it. */
  readonly later: number;
}

/** Which step a canvas is at, and what is still masked. @param maskable where revealing is decided */
function revealing(
  { canvas, draws: own }: DenoiseJob,
  sampler: RevealSampler,
  maskable: readonly number[],
  blockLength: Tokens | undefined,
) {
  const draws = own ?? seededDraws(sampler.seed, canvas.key, canvas.draw);
  const parts = partsOf(maskable, sampler);
  let at = 0;
  let masked = maskable;
  /** The step of the part under way; K before the first. */
  let remaining = parts[0]?.steps ?? 0;
  const part = (): Part => parts[at] as Part;
  const state = (): RevealState => {
    const { maskable: ofPart, steps } = part();
    const last = ofPart.at(-1) ?? -1; // what is masked before the part under way there is none
    const left = parts.length === 1 ? masked : masked.filter((position) => position <= last);
    return { maskable: ofPart, masked: left, remaining, steps, blockLength: blockLength ?? ofPart.length };
  };
  const choose = (readings: Omit<PositionReadings, 'drawOf'>): readonly number[] =>
    revealedBy(sampler, state(), { ...readings, drawOf: (step, position) => draws.reveal(step, position) });
  const positionsToAsk = (): readonly number[] => {
    const what = readsFirst(sampler);
    return what === 'chosen' ? choose({ rankOf: () => 0, probabilityOf: () => 0 }) : state()[what];
  };
  /** Whether the step reveals nothing; known before anything is read where predictions have no say or a schedule has. */
  const isIdle = (): boolean =>
    readsFirst(sampler) === 'chosen' ? positionsToAsk().length === 0 : plannedCount(sampler, state()) <= 0;
  return {
    draws,
    choose,
    positionsToAsk,
    masked: () => masked,
    /** Steps to come over all parts. */
    toCome: (): number => remaining + part().later,
    /** Steps of all parts. */
    steps: parts.reduce((sum, { steps }) => sum + steps, 0),
    advance(): boolean {
      if (masked.length === 0) return false;
      if (state().masked.length === 0) {
        at += 1;
        remaining = part().steps;
      }
      // Where no schedule says how many steps there are, one a position at most.
      do remaining = (sampler.order === 'threshold' ? state().masked.length : remaining) - 1;
      while (leavesIdleOut(sampler) && isIdle());
      return true;
    },
    reveal(positions: readonly number[]): void {
      masked = without(masked, positions);
    },
  };
}

export function revealProgress(job: DenoiseJob, sampler: RevealSampler, denoiser: Denoiser): CanvasProgress {
  const { canvas, finished, onStep } = job;
  const { maskId, shift } = denoiser;
  const { seed, steps, form, temperature, tokens: choice, topP, topK } = sampler;
  // Those that no row predicts are not written under `canonical`.
  const maskable = form === 'paper' ? canvas.maskable : predictable(canvas.maskable, shift);
  const ids = masking(canvas.ids, maskable, maskId);
  const canvasNow = revealing(job, sampler, maskable, denoiser.blockLength);
  const { draws, toCome } = canvasNow;
  let asked: readonly number[] = [];
  let rows: readonly number[] = [];
  let computed = NO_PASSES;
  return {
    advance() {
      const goesOn = canvasNow.advance();
      if (goesOn) asked = canvasNow.positionsToAsk();
      return goesOn;
    },
    request() {
      rows = [...new Set(asked.map((position) => rankingRow(position, shift)))];
      const step = toCome();
      const uniform = (row: number) => draws.token(step, predictedPosition(row, shift));
      const sureness = needsSureness(sampler.order);
      return {
        ids,
        ...(finished === undefined ? {} : { finished }),
        attention: attentionOf(ids.length, denoiser, seed, 'denoise', canvas.key, canvas.draw, steps, step),
        rows,
        temperature,
        excluded: form === 'canonical' ? maskId : null,
        ...noiseAtShare(denoiser, canvasNow.masked().length / maskable.length),
        ...(sureness === null ? {} : { sureness }),
        drawn: choice === 'drawn' ? { topP, topK, uniform } : null,
      };
    },
    take(proposals) {
      const { tokens, confidences, sureness } = proposals;
      computed = withPass(computed, { ids, rows }, proposals);
      const readOf = new Map(rows.map((row, read) => [row, read]));
      const read = (position: number) => readOf.get(rankingRow(position, shift)) as number;
      const proposal = (position: number) => {
        const isGiven = predictingRow(position, shift) === null;
        const token = (isGiven ? canvas.ids[position] : tokens[read(position)]) as number;
        return { token, confidence: confidences[read(position)] as number };
      };
      const ranks = sureness ?? confidences;
      const revealed = canvasNow.choose({
        rankOf: (position) => ranks[read(position)] as number,
        probabilityOf: (position) => Math.exp(confidences[read(position)] as number),
      });
      onStep?.({ remaining: toCome(), input: ids, asked, proposal, revealed });
      for (const position of revealed) ids[position] = proposal(position).token;
      canvasNow.reveal(revealed);
    },
    result: () => ({
      ...{ ids, computed, steps },
      nfe: takesAllSteps(sampler) ? Math.max(steps, canvasNow.steps) : computed.passes,
    }),
  };
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
