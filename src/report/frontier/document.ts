/** The quality and variety of texts written without a prompt, against what they cost: a document of numbers. */
import type { Estimate } from '../../core/estimate.ts';
import type { Family } from '../../core/names.ts';
import type { TextVariety } from '../../metrics/text-variety.ts';

export const FRONTIER_FORMAT = 'bench-frontier/1';

/** A set of texts: what they cost, and how varied they are. */
export interface FrontierPoint extends Readonly<Record<keyof TextVariety, Estimate>> {
  readonly model: string;
  readonly family: Family;
  /** T; null for an autoregressive model. */
  readonly steps: number | null;
  readonly temperature: number;
  readonly topP: number;
  /** Of the random-keep sampler; null for an autoregressive model. */
  readonly form: 'canonical' | 'paper' | null;
  /** Tokens of a text, its start token included. */
  readonly length: number;
  readonly samples: number;
  /** Forward passes a text, mean. */
  readonly nfe: number;
  /** Wall time a text, all of a cell's taken together; no part of the result. */
  readonly seconds: number;
  /** null where nobody judged. */
  readonly judged: JudgedPoint | null;
}

export interface JudgedPoint {
  readonly judge: string;
  /** exp of the mean over texts of nats a token of the judge; its interval likewise. */
  readonly perplexity: Estimate;
  /** Texts that the judge's context cut. */
  readonly cut: number;
}

export interface FrontierDocument {
  readonly format: typeof FRONTIER_FORMAT;
  readonly points: readonly FrontierPoint[];
}
