/** From written tokens to the text that a task scores. */
import type { Architecture } from '../../architectures/architecture.ts';
import { kindOf } from '../../architectures/index.ts';
import type { Writing } from '../../core/question.ts';
import type { SftRow } from '../../core/sft-row.ts';
import { cleanUpTokenization } from '../../tokenizers/clean-up-tokenization.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import type { LoweredWriting } from '../lowering/lower-writing.ts';
import { CANONICAL_TEXT, continuationText, cutAtStop, type TextRule } from './continuation-text.ts';

export interface TextOfTokens {
  readonly text: string;
  /** Tokens before the one that ends the text, special ones included; a stop string leaves out none. */
  readonly tokens: number;
}

/**
 * The text of a canvas.
 *
 * @param prompt what stands before the written tokens
 */
export function writtenText(
  tokenizer: Tokenizer,
  prompt: Int32Array,
  written: readonly number[],
  { writing, endIds, sft }: Pick<LoweredWriting, 'writing' | 'endIds' | 'sft'>,
  rule: TextRule,
): TextOfTokens {
  if (sft !== null) return rowText(tokenizer, written, writing, sft);
  const kept = before(written, endIds);
  const text = continuationText(tokenizer, prompt, kept, rule);
  return { text: cutAtStop(text, writing.stops) ?? text, tokens: kept.length };
}

/**
 * Targets were encoded alone, so they are decoded alone. `canonical`: the text ends at the first EOS. `paper`: padding at the
 * end goes, EOS is invisible and does not end the text, and blanks are cleaned up.
 */
export function rowText(
  tokenizer: Tokenizer,
  written: readonly number[],
  { form, stops }: Pick<Writing, 'form' | 'stops'>,
  { eosId, padId, hiddenIds }: SftRow,
): TextOfTokens {
  const kept = form === 'paper' ? withoutTrailing(written, padId) : before(written, [eosId]);
  const shown = kept.filter((id) => id !== eosId && !hiddenIds.includes(id));
  const decoded = tokenizer.decode(shown, { skipSpecialTokens: true });
  const text = form === 'paper' ? cleanUpTokenization(decoded) : decoded;
  return { text: cutAtStop(text, stops) ?? text, tokens: kept.length };
}

function before(ids: readonly number[], ends: readonly number[]): readonly number[] {
  const at = ids.findIndex((id) => ends.includes(id));
  return at < 0 ? ids : ids.slice(0, at);
}

function withoutTrailing(ids: readonly number[], padId: number | null): readonly number[] {
  return ids.slice(0, ids.findLastIndex((id) => id !== padId) + 1);
}

/**
 * The published scripts decode what was written alone; in context a blank between two tokens is not lost. Cleaning up is what
 * their library does with the tokens of some architectures.
 */
export function textRuleOf(net: Architecture): (writing: Writing) => TextRule {
  const { published } = kindOf(net);
  return ({ form, cleansUp }) => ({
    ...CANONICAL_TEXT,
    ...(form === 'paper' ? { context: 'none' as const } : {}),
    ...(cleansUp === true && published.cleansUp ? { cleanUp: true } : {}),
  });
}
