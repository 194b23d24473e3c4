import type { Tokenizer } from '../../tokenizers/tokenizer.ts';

/** A character that no other text joins: it takes the blank that some tokenizers put in front of a text. */
const GUARD = '☺';

/** Encodes text that goes on from other text: without the blank that LLaMA's tokenizer puts in front. */
export function encodeInside(tokenizer: Tokenizer, text: string): readonly number[] {
  const [first] = tokenizer.encode('a', { specialTokens: false });
  const addsBlank = first !== undefined && tokenizer.token(first)?.startsWith('▁') === true;
  if (!addsBlank) return tokenizer.encode(text, { specialTokens: false });
  const { ids, starts } = tokenizer.encodeWithOffsets(GUARD + text);
  return ids.filter((_, i) => (starts[i] as number) >= GUARD.length);
}
