/** Prompts with answers as rows: one a row, or packed end to end as running text. */
import type { Family } from '../../core/question.ts';
import type { SftRow } from '../../core/sft-row.ts';
import type { Tokens } from '../../core/units.ts';
import { encodeDigits } from '../../tokenizers/split-digits.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { sftTrainingRow, type TrainingRow, textRow } from './training-row.ts';

export interface Pair {
  readonly prompt: string;
  readonly answer: string;
}

/**
 * `rows`: one pair a row, prompts are not learnt. `packed`: prompt, a blank and answer, EOS, the next pair, and so on; all of
 * it is learnt, and a pair that does not fit is cut off.
 */
export const PAIR_LAYOUTS = ['rows', 'packed'] as const;
export type PairLayout = (typeof PAIR_LAYOUTS)[number];

export interface PairEncoding {
  readonly tokenizer: Tokenizer;
  readonly layout: PairLayout;
  readonly sft: SftRow;
  readonly length: Tokens;
  readonly family: Family;
}

/** @param pair the k-th pair of the row; `rows` takes the first alone */
export function pairRow(pair: (k: number) => Pair, encoding: PairEncoding): TrainingRow {
  const { layout, sft, length, family } = encoding;
  if (layout === 'rows') {
    const { prompt, answer } = pair(0);
    return sftTrainingRow(encoded(prompt, encoding), encoded(answer, encoding), sft, length, family);
  }
  const ids: number[] = [];
  for (let k = 0; ids.length < length; k++) {
    const { prompt, answer } = pair(k);
    ids.push(...encoded(`${prompt} ${answer}`, encoding), sft.eosId);
  }
  return textRow(Int32Array.from(ids.slice(0, length)));
}

export function encoded(text: string, { tokenizer, sft }: Pick<PairEncoding, 'tokenizer' | 'sft'>): readonly number[] {
  return sft.splitDigits ? encodeDigits(tokenizer, text) : tokenizer.encode(text, { specialTokens: false });
}
