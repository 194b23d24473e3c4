/** Text to the token rows that a model was fine-tuned on. */
import { HarnessError } from '../../core/errors.ts';
import type { Piece, SftLayout } from '../../core/question.ts';
import type { SftRow } from '../../core/sft-row.ts';
import { encodeDigits } from '../../tokenizers/split-digits.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import type { Lowered } from './lowered.ts';

/**
 * One row of exactly `canvas` tokens; `scored` is everything after the separator, EOS and padding included.
 *
 * @throws HarnessError 'context-overflow' when the row does not fit the canvas and may not be cut, or leaves no room to write
 */
export function lowerSftRow(pieces: readonly Piece[], row: SftRow, layout: SftLayout, tokenizer: Tokenizer): Lowered {
  const encode = (isScored: boolean): readonly number[] =>
    pieces.flatMap(({ text, scored }) => {
      if (scored !== isScored) return [];
      return row.splitDigits ? encodeDigits(tokenizer, text) : tokenizer.encode(text, { specialTokens: false });
    });
  return sftRow(encode(false), encode(true), row, layout);
}

/**
 * `[BOS] source [SEP] target EOS PAD*`. `cut-source` cuts as the published preprocessing does: the target to the row, then the
 * source from the left to what is left (all of it where that is nothing: then the row is cut at its end).
 *
 * @source `DiffuSeq`-style rows of HKUNLP/DiffuLLaMA at c17e897, processors/supervised
 */
export function sftRow(
  source: readonly number[],
  target: readonly number[],
  { bosId, sepId, eosId, padId }: SftRow,
  { canvas, tooLong }: SftLayout,
): Lowered {
  const [start, middle] = [bosId, sepId].map((id) => (id === null ? [] : [id])) as [number[], number[]];
  const room = canvas - start.length - middle.length - 1;
  if (tooLong === 'unanswered' && source.length + target.length > room) {
    const length = canvas - room + source.length + target.length;
    throw new HarnessError('context-overflow', `a row of ${length} tokens does not fit the task's canvas of ${canvas}`);
  }
  const keptTarget = target.slice(0, Math.max(0, room));
  const keptSource = source.slice(-(room - keptTarget.length));
  const prefix = [...start, ...keptSource, ...middle];
  if (prefix.length >= canvas) {
    throw new HarnessError('context-overflow', `a question of ${prefix.length} tokens leaves no room in ${canvas}`);
  }
  const ids = new Int32Array(canvas).fill(padId ?? eosId);
  ids.set([...prefix, ...keptTarget, eosId].slice(0, canvas));
  const scored = Array.from({ length: canvas - prefix.length }, (_, i) => prefix.length + i);
  return { ids, scored, crossing: false };
}
