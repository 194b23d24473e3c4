/** Text to token ids and back, as the rest of the harness sees it. */
export interface Tokenizer {
  /** SHA-256 of everything that can change an encoding. */
  readonly digest: string;
  /** Number of tokens that the files define (a checkpoint may have more rows). */
  readonly size: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** Stands for text that has no token; null or absent where every text has some (byte-level and byte-fallback vocabularies). */
  readonly unknownId?: number | null;
  /** Encoding with special tokens prepends BOS (LLaMA yes, GPT-2 no). */
  readonly addsBos: boolean;
  encode(text: string, options: { readonly specialTokens: boolean }): readonly number[];
  /** Without special tokens. */
  encodeWithOffsets(text: string): OffsetEncoding;
  decode(ids: readonly number[], options: { readonly skipSpecialTokens: boolean }): string;
  /** The text of one id as the vocabulary spells it, for messages and reports; null for an id without a token. */
  token(id: number): string | null;
  /** The id of a token as the vocabulary spells it; null where there is none. */
  id(token: string): number | null;
}

/**
 * Token ids with the text each one covers, in order and without gaps: `starts[0]` is 0 and `ends[i]` is `starts[i + 1]`,
 * except that tokens which hold parts of one character (bytes of an emoji, say) all cover that character whole.
 */
export interface OffsetEncoding {
  readonly ids: readonly number[];
  /** First UTF-16 code unit that the token covers. */
  readonly starts: readonly number[];
  /** One past the last UTF-16 code unit that the token covers. */
  readonly ends: readonly number[];
}
