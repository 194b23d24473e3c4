import { HarnessError } from '../../core/errors.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';

/** UTF-16 units that a token covers at most in the published vocabularies: GPT-2 and Llama 3 have tokens of 128 blanks or dashes. */
const WIDEST = 128;

const widest = new WeakMap<Tokenizer, number>();

/**
 * Refuses a text that cannot fit before it is cut into tokens, which takes seconds a megabyte: one that is longer than the model's
 * context of the vocabulary's longest token.
 *
 * @param length UTF-16 units of the text
 * @throws HarnessError 'context-overflow'
 */
export function requireFitting(length: number, tokenizer: Tokenizer, contextLength: number): void {
  if (length <= contextLength * WIDEST) return;
  const most = contextLength * Math.max(WIDEST, widestOf(tokenizer));
  if (length <= most) return;
  const message = `a text of ${length} characters does not fit the model's ${contextLength} tokens, expected at most ${most} characters`;
  throw new HarnessError('context-overflow', message);
}

function widestOf(tokenizer: Tokenizer): number {
  const known = widest.get(tokenizer);
  if (known !== undefined) return known;
  let longest = 0;
  // Byte-level vocabularies spell a byte as a character, so a spelling is at least as long as what it stands for.
  for (let id = 0; id < tokenizer.size; id++) longest = Math.max(longest, tokenizer.token(id)?.length ?? 0);
  widest.set(tokenizer, longest);
  return longest;
}
