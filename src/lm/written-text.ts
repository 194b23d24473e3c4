/** From written tokens to the text that a task scores. */
import type { Writing } from '../core/question.ts';
import type { SftRow } from '../core/sft-row.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { cleanUpBlanks } from './clean-up.ts';
import { CANONICAL_TEXT, continuationText, cutAtStop, type TextRule } from './continuation-text.ts';

export interface TextOfTokens {
  readonly text: string;
  /** How many of the tokens belong to it, special ones included. */
  readonly tokens: number;
}

/**
 * @param prompt what stands before the written tokens
 * @param row    of a fine-tuned model; null for plain text
 */
export function writtenText(
  tokenizer: Tokenizer,
  prompt: Int32Array,
  written: readonly number[],
  { form, stops }: Pick<Writing, 'form' | 'stops'>,
  row: SftRow | null,
): TextOfTokens {
  const whole =
    row === null
      ? { text: continuationText(tokenizer, prompt, written, textRule(form)), tokens: written.length }
      : rowText(tokenizer, written, form, row);
  return { ...whole, text: cutAtStop(whole.text, stops) ?? whole.text };
}

/**
 * Targets were encoded alone, so they are decoded alone. `canonical`: the text ends at the first EOS. `paper`: padding at the
 * end goes, EOS is invisible and does not end the text, and blanks are cleaned up.
 */
function rowText(
  tokenizer: Tokenizer,
  written: readonly number[],
  form: Writing['form'],
  { eosId, padId, hiddenIds }: SftRow,
): TextOfTokens {
  const kept = form === 'paper' ? withoutTrailing(written, padId) : before(written, eosId);
  const shown = kept.filter((id) => id !== eosId && !hiddenIds.includes(id));
  const text = tokenizer.decode(shown, { skipSpecialTokens: true });
  return { text: form === 'paper' ? cleanUpBlanks(text) : text, tokens: kept.length };
}

function before(ids: readonly number[], end: number): readonly number[] {
  const at = ids.indexOf(end);
  return at < 0 ? ids : ids.slice(0, at);
}

function withoutTrailing(ids: readonly number[], padId: number | null): readonly number[] {
  return ids.slice(0, ids.findLastIndex((id) => id !== padId) + 1);
}

/** The published scripts decode what was written alone; in context a blank between two tokens is not lost. */
export function textRule(form: Writing['form']): TextRule {
  return form === 'paper' ? { ...CANONICAL_TEXT, context: 'none' } : CANONICAL_TEXT;
}
