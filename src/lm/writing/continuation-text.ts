/** The text that new tokens add to a prompt. */
import { cleanUpTokenization } from '../../tokenizers/clean-up-tokenization.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';

/** All that writing needs of a tokenizer. */
export type Decoder = Pick<Tokenizer, 'decode'>;

export interface TextRule {
  /**
   * `prompt`: decode prompt and continuation together and take away the prompt's text, so that a blank which a tokenizer
   * keeps between two tokens is not lost. `none`: decode the new tokens alone, as the published scripts do.
   */
  readonly context: 'prompt' | 'none';
  readonly skipSpecialTokens: boolean;
  /** Remove blanks before punctuation, as published scripts do. Default: false. Only without context. */
  readonly cleanUp?: boolean;
}

export const CANONICAL_TEXT: TextRule = { context: 'prompt', skipSpecialTokens: true };

export function continuationText(
  tokenizer: Decoder,
  prompt: Int32Array,
  ids: readonly number[],
  { context, skipSpecialTokens, cleanUp = false }: TextRule,
): string {
  if (context === 'none') {
    const text = tokenizer.decode(ids, { skipSpecialTokens });
    return cleanUp ? cleanUpTokenization(text) : text;
  }
  const before = tokenizer.decode([...prompt], { skipSpecialTokens });
  const all = tokenizer.decode([...prompt, ...ids], { skipSpecialTokens });
  if (all.startsWith(before)) return all.slice(before.length);
  // The prompt ends inside a character: that character belongs to the continuation.
  let same = 0;
  while (same < before.length && before[same] === all[same]) same += 1;
  return all.slice(same);
}

/** The text before the first of the stop strings, wherever token borders lie; null where none occurs. */
export function cutAtStop(text: string, stops: readonly string[]): string | null {
  const places = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return places.length === 0 ? null : text.slice(0, Math.min(...places));
}
