/** How GGUF files hold the networks of an architecture: what they call tensors and sizes, and how values lie. */

/** The numbers of a network in a file's metadata, by their keys behind the name of the architecture. */
export interface GgufFacts {
  /** @throws HarnessError 'bad-checkpoint' where the key is absent or no number */
  number(key: string): number;
  /** null where the key is absent. */
  optional(key: string): number | null;
  text(key: string): string | null;
  /** What each frequency of rotary positions is divided by (`rope_freqs.weight`); null where the file has no such tensor. */
  readonly ropeFactors: readonly number[] | null;
  /** The error for a value that is not implemented: 'not-supported', naming the file. */
  refuse(what: string): Error;
}

/**
 * Where values do not lie as in the published class: rows of each head in pairs (i, i + D/2) beside each other; or a matrix
 * transposed.
 */
export type GgufOrder = 'pairs-of-query-heads' | 'pairs-of-key-heads' | 'transposed';

export interface GgufForm {
  /** `general.architecture`; the keys of the network's metadata begin with it. */
  readonly architecture: string;
  /** What the file calls a tensor -> what the published class calls it; `{}` is the number of a layer. */
  readonly tensors: Readonly<Record<string, string>>;
  /** By what the file calls a tensor; those that are not named lie as published. */
  readonly orders: Readonly<Record<string, GgufOrder>>;
  /** What its `config.json` calls `tie_word_embeddings`, where it is another name. */
  readonly tiedKey?: string;
  /** The `config.json` of the published class, but for what the tensors say. */
  config(facts: GgufFacts): Readonly<Record<string, unknown>>;
}
