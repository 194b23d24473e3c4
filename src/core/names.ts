/** Closed lists of names that questions, responses and settings share. */

/** How a model answers: left to right, or by filling masked positions. */
export type Family = 'autoregressive' | 'diffusion';

/** How texts are built, cut into tokens and ranked. See `protocol.md` in the project's design notes and README. */
export const PROTOCOLS = ['canonical', 'paper', 'paper-text', 'olmes', 'lm-eval'] as const;
export type ProtocolName = (typeof PROTOCOLS)[number];

/** How a total is made comparable between answers of different length. */
export const NORMALISATIONS = ['sum', 'mean', 'byte', 'char'] as const;
/** `sum`: none; `mean`: per scored token; `byte`: per UTF-8 byte of the answer; `char`: per code point of the answer. */
export type Normalisation = (typeof NORMALISATIONS)[number];

/**
 * A quantity by which alternatives can be ranked. Higher is better for `loglikelihood`, lower for all others.
 * `nelbo`: continuous-time bound, nats, summed over scored positions. `nelbo@T`: bound of the T-step chain.
 * `official@T`: the published, unweighted score (expected value, or one seeded draw under `paper`). `marginal` and `likelihood@T`:
 * negative log-likelihood itself, nats, summed, of what `nelbo` and `nelbo@T` bound; only where all masks were run. `duel:RULE` and
 * `duel:RULE@T`: the same under a deterministic sampler, one token a step or in T steps; where it was asked for.
 * `tube`: bound of the negative log-likelihood from below, nats, summed; where a bracket was asked for and not all masks were run.
 */
export type Quantity =
  | 'loglikelihood'
  | 'nelbo'
  | 'marginal'
  | 'tube'
  | `nelbo@${number}`
  | `official@${number}`
  | `likelihood@${number}`
  | `duel:${string}`;

export type RankingName = `${Quantity}/${Normalisation}`;
