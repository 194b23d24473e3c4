/** How a masked-diffusion model came to write a text, for looking at later. Never part of a record. */
import type { Nats } from './units.ts';

/** One step that went through the network. Entry i of `positions`, `tokens` and `confidences` is one proposal. */
export interface TraceStep {
  /** Steps still to come, K − 1 … 0. */
  readonly remaining: number;
  /** Positions for which a token was proposed, ascending; under the published confidence order also revealed ones. */
  readonly positions: readonly number[];
  readonly tokens: readonly number[];
  /** Log-probability of each token when it was proposed. */
  readonly confidences: readonly Nats[];
  /** Positions that keep their proposal from here on, ascending. */
  readonly revealed: readonly number[];
}

/** The steps of one text. Steps that take nothing through the network are not in it. */
export interface TextTrace {
  readonly view: string;
  /** Denoising steps T. */
  readonly steps: number;
  /** Number of the repetition. */
  readonly draw: number;
  /** Positions that were to be written, ascending. */
  readonly maskable: readonly number[];
  /** Text in front of the first of them and behind the last. */
  readonly context: { readonly before: string; readonly after: string };
  readonly path: readonly TraceStep[];
  /** The text of every token that was proposed, by id, so that a reader needs no tokenizer. */
  readonly pieces: Readonly<Record<string, string>>;
}

/** All texts of one item; none where the question could not be answered. */
export interface ItemTrace {
  readonly id: string;
  readonly index: number;
  readonly texts: readonly TextTrace[];
}
