/**
 * Digit mode: the tokenizer that DiffuGPT-M was fine-tuned with on GSM8K takes every digit as a piece of its own and
 * encodes the text between digits by itself. Zero-shot protocols do not use it (`protocol.md`, section 3.3).
 */
import type { Tokenizer } from './tokenizer.ts';

/** Cuts a text before and after every decimal digit; the pieces are not empty and their concatenation is the text. */
export const splitDigits = (text: string): readonly string[] => text.match(/\p{Nd}|\P{Nd}+/gu) ?? [];

/** Token ids of a text in digit mode, without special tokens. */
export function encodeDigits(tokenizer: Tokenizer, text: string): readonly number[] {
  return splitDigits(text).flatMap((piece) => tokenizer.encode(piece, { specialTokens: false }));
}
