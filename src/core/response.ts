/** What a language model answers to one question. Plain records; everything in them is stored. */
import type { ErrorCode } from './errors.ts';
import type { Nats, Tokens } from './units.ts';

/** How a total is made comparable between answers of different length. */
export const NORMALISATIONS = ['sum', 'mean', 'byte', 'char'] as const;
/** `sum`: none; `mean`: per scored token; `byte`: per UTF-8 byte of the answer; `char`: per code point of the answer. */
export type Normalisation = (typeof NORMALISATIONS)[number];

/**
 * A quantity by which alternatives can be ranked. Higher is better for `loglikelihood`, lower for all others.
 * `nelbo`: continuous-time bound, nats, summed over scored positions. `nelbo@T`: bound of the T-step chain.
 * `official@T`: the published, unweighted score (expected value, or one seeded draw under `paper`).
 */
export type Quantity = 'loglikelihood' | 'nelbo' | `nelbo@${number}` | `official@${number}`;
export const QUANTITY_PATTERN = /^(loglikelihood|nelbo|(nelbo|official)@\d+)$/;

export interface MonteCarlo {
  readonly value: Nats;
  /** Monte-Carlo standard error; 0 when the value is exact. */
  readonly stderr: Nats;
}

/** The scores of one alternative, summed over scored positions (`official@T` is a mean by definition). */
export interface AlternativeScore {
  readonly tokens: Tokens;
  /** A token straddled the border between visible and scored text (joint tokenisation). */
  readonly crossing: boolean;
  readonly quantities: Readonly<Partial<Record<Quantity, MonteCarlo>>>;
  /** Log-probability of each scored token (AR only). */
  readonly tokenLogprobs?: readonly Nats[];
  /** e(k), k = 1 … tokens: expected mean cross-entropy with k tokens masked; null where no draw had that k. */
  readonly maskedCrossEntropy?: readonly (Nats | null)[];
  /** Every value is exact (AR, or all masks enumerated). */
  readonly exact: boolean;
  /** Greedy decoding writes exactly this answer; null where that was not asked. */
  readonly greedy: boolean | null;
}

/** Which alternative wins under one quantity and normalisation, and by how much more than Monte-Carlo noise. */
export interface Ranking {
  readonly best: number;
  /** null when there is one alternative only. */
  readonly runnerUp: number | null;
  /** How much better the best is, in the units of the quantity after normalisation; ≥ 0. */
  readonly margin: number;
  /** Monte-Carlo standard error of `margin`, from paired draws. */
  readonly stderr: number;
}

export type RankingName = `${Quantity}/${Normalisation}`;
export const RANKING_PATTERN = /^(loglikelihood|nelbo|(nelbo|official)@\d+)\/(sum|mean|byte|char)$/;

export interface ViewResponse {
  readonly alternatives: readonly AlternativeScore[];
  readonly rankings: Readonly<Partial<Record<RankingName, Ranking>>>;
}

/** One text that a model wrote. */
export interface Written {
  /** Denoising steps T; null for left-to-right models. */
  readonly steps: number | null;
  /** Number of the repetition. */
  readonly draw: number;
  readonly text: string;
  /** Before the token that ended the text, if one did. */
  readonly tokens: Tokens;
  readonly nfe: number;
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

export type Response =
  | {
      readonly kind: 'written';
      /** By view name: for each T, each repetition. */
      readonly views: Readonly<Record<string, readonly Written[]>>;
      /** Views that could not be answered, and why; absent where there are none. */
      readonly refused?: Readonly<Record<string, Refusal>>;
      /** Forward passes for this question. */
      readonly nfe: number;
    }
  | {
      readonly kind: 'answered';
      /** By view name, in the order of the question's views. */
      readonly views: Readonly<Record<string, ViewResponse>>;
      /** Distinct sequences that went through the network for this question. */
      readonly nfe: number;
    }
  | ({ readonly kind: 'unanswered' } & Refusal);
