/** The tokens around source and target in the rows that a model was fine-tuned on. A fact about a checkpoint. */
import { z } from 'zod';

const id = z.int().nonnegative();

/**
 * `[BOS] source [SEP] target EOS PAD*`. What is null is not in the row.
 *
 * @source "ddm-sft" rows of HKUNLP/DiffuLLaMA at c17e897; the autoregressive baselines have neither BOS nor separator
 */
export const sftRowSchema = z.strictObject({
  bosId: id.nullable(),
  sepId: id.nullable(),
  eosId: id,
  /** Fills the row behind EOS; null: rows were not padded, or with EOS. */
  padId: id.nullable(),
  /** Every digit is a token of its own, and the text between digits is encoded by itself. */
  splitDigits: z.boolean().default(false),
  /** Ids that are left out of the text, beside the tokenizer's own special tokens. */
  hiddenIds: z.array(id).readonly().default([]),
});
export type SftRow = Readonly<z.output<typeof sftRowSchema>>;
/** As written in a file: `splitDigits` and `hiddenIds` may be left out. */
export type SftRowJson = z.input<typeof sftRowSchema>;
