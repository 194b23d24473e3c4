/** What is to be denoised, what comes of it, and a canvas on its way. */
import type { ProposalRequest, Proposals } from './proposal.ts';
import type { Canvas, Draws, Sampler } from './sampler.ts';

export interface DenoiseJob {
  readonly canvas: Canvas;
  readonly sampler: Sampler;
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
  /** Rows that were read out, over all passes that were computed, and how many passes these are. */
  readonly computed: { readonly passes: number; readonly reads: number };
  /** K. */
  readonly steps: number;
}

/** One canvas on its way. `advance`, `request` and `take` follow each other, once a step. */
export interface CanvasProgress {
  /** Moves on to the next step that needs a forward; false when there is none. */
  advance(): boolean;
  request(): ProposalRequest;
  take(proposals: Proposals): void;
  result(): Denoised;
}
