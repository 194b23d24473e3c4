/** The tokens around source and target in the rows that a model was fine-tuned on. A fact about a checkpoint. */

/**
 * `[BOS] source [SEP] target EOS PAD*`. What is null is not in the row.
 *
 * @source "ddm-sft" rows of HKUNLP/DiffuLLaMA at c17e897; the autoregressive baselines have neither BOS nor separator
 */
export interface SftRow {
  readonly bosId: number | null;
  readonly sepId: number | null;
  readonly eosId: number;
  /** Fills the row behind EOS; null: rows were not padded, or with EOS. */
  readonly padId: number | null;
  /** Every digit is a token of its own, and the text between digits is encoded by itself. */
  readonly splitDigits: boolean;
  /** Ids that are left out of the text, beside the tokenizer's own special tokens. */
  readonly hiddenIds: readonly number[];
}
