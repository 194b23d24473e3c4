/** What is to be denoised, what comes of it, and a canvas on its way. */
import type { Tokens } from '../../core/units.ts';
import type { FinishedPart, ProposalRequest, Proposals } from './proposal.ts';
import type { Canvas, Draws, Sampler } from './sampler.ts';

export interface DenoiseJob {
  readonly canvas: Canvas;
  readonly sampler: Sampler;
  /** Where the canvas is the next block of a row, what stands before it. */
  readonly finished?: FinishedPart;
  /** Default: drawn from the sampler's seed and the canvas's key and draw. */
  readonly draws?: Draws;
  readonly onStep?: (step: DenoisingStep) => void;
}

/** One step of one canvas that went through the network. Listed positions are ascending. */
export interface DenoisingStep {
  /** Steps still to come, K − 1 … 0. */
  readonly remaining: number;
  /** What the network read. Not to be kept: it changes with the next step. */
  readonly input: Int32Array;
  /** Positions whose proposals were read, with token and log-probability. */
  readonly asked: readonly number[];
  readonly proposal: (position: number) => { readonly token: number; readonly confidence: number };
  readonly revealed: readonly number[];
}

export interface Denoised {
  readonly ids: Int32Array;
  /**
   * Forward passes. Under `paper` always K, as the procedure takes them; once nothing is masked they cannot change anything
   * and are not computed.
   */
  readonly nfe: number;
  readonly computed: ComputedPasses;
  /** K. */
  readonly steps: number;
}

/** What went through the network, over all passes that were computed. */
export interface ComputedPasses {
  readonly passes: number;
  readonly tokens: Tokens;
  /** For each of the tokens, those of its row, added up: as many is each compared with. */
  readonly comparisons: number;
  /** Rows that were read out. */
  readonly reads: number;
}

/** One canvas on its way. `advance`, `request` and `take` follow each other, once a step. */
export interface CanvasProgress {
  /** Moves on to the next step that needs a forward; false when there is none. */
  advance(): boolean;
  request(): ProposalRequest;
  take(proposals: Proposals): void;
  result(): Denoised;
}

/** A row with masks at these positions. */
export function masking(ids: Int32Array, positions: readonly number[], maskId: number): Int32Array {
  const hidden = ids.slice();
  for (const position of positions) hidden[position] = maskId;
  return hidden;
}

export function without(positions: readonly number[], revealed: readonly number[]): readonly number[] {
  const isRevealed = new Set(revealed);
  return positions.filter((position) => !isRevealed.has(position));
}

export const NO_PASSES: ComputedPasses = { passes: 0, tokens: 0, comparisons: 0, reads: 0 };

export function withPass(
  before: ComputedPasses,
  { ids, rows }: Pick<ProposalRequest, 'ids' | 'rows'>,
  { passed = ids.length }: Pick<Proposals, 'passed'>,
): ComputedPasses {
  return joined(before, { passes: 1, tokens: passed, comparisons: passed * ids.length, reads: rows.length });
}

export const joined = (a: ComputedPasses, b: ComputedPasses): ComputedPasses => ({
  passes: a.passes + b.passes,
  tokens: a.tokens + b.tokens,
  comparisons: a.comparisons + b.comparisons,
  reads: a.reads + b.reads,
});
