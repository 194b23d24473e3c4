/** Text to tokens: turns one view of a question into token ids and the positions that are the answer. */
import { HarnessError, quoted } from '../../core/errors.ts';
import type { Piece, View } from '../../core/question.ts';
import type { SftRow } from '../../core/sft-row.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { encodeInside } from './encode-inside.ts';
import { lowerSftRow } from './lower-row.ts';
import type { Lowered } from './lowered.ts';
import { requireFitting } from './text-bound.ts';

/**
 * @param row the tokens of a fine-tuned model's rows, for views with that layout
 * @throws HarnessError 'empty-answer' when no token belongs to the answer, 'context-overflow' when the ids are too many
 */
export function lowerView(
  view: View,
  tokenizer: Tokenizer,
  contextLength: number,
  row: SftRow | null = null,
): readonly Lowered[] {
  return view.alternatives.map((pieces) => {
    requireFitting(
      pieces.reduce((sum, { text }) => sum + text.length, 0),
      tokenizer,
      contextLength,
    );
    const complete = lowerPieces(pieces, view, tokenizer, row);
    if (complete.scored.length === 0) {
      throw new HarnessError('empty-answer', `no token belongs to the answer of ${quoted(pieces.at(-1)?.text ?? '')}`);
    }
    if (complete.ids.length > contextLength) {
      const message = `${complete.ids.length} tokens do not fit the model's ${contextLength}`;
      throw new HarnessError('context-overflow', message);
    }
    return complete;
  });
}

function lowerPieces(pieces: readonly Piece[], view: View, tokenizer: Tokenizer, row: SftRow | null): Lowered {
  if (view.layout !== undefined) {
    if (row === null) throw new TypeError(`view ${view.name}: the rows of fine-tuned models need their tokens`);
    return lowerSftRow(pieces, row, view.layout, tokenizer);
  }
  const lowered = LOWER[view.tokenization](pieces, tokenizer);
  return view.bos === 'once' ? withBos(lowered, tokenizer) : lowered;
}

/** Encodes the whole text once; a token that overlaps scored text is scored. */
function lowerJointly(pieces: readonly Piece[], tokenizer: Tokenizer): Lowered {
  const text = pieces.map((piece) => piece.text).join('');
  const { ids, starts, ends } = tokenizer.encodeWithOffsets(text);
  const isScored = new Uint8Array(text.length);
  let at = 0;
  for (const piece of pieces) {
    if (piece.scored) isScored.fill(1, at, at + piece.text.length);
    at += piece.text.length;
  }
  const scored: number[] = [];
  let crossing = false;
  ids.forEach((_, i) => {
    const covered = isScored.subarray(starts[i], ends[i]);
    if (!covered.includes(1)) return;
    scored.push(i);
    crossing ||= covered.includes(0);
  });
  return withInnerBos(pieces, ends, { ids: Int32Array.from(ids), scored, crossing }, tokenizer);
}

/** Puts a BOS before the first token of each piece that asks for special tokens; it is scored where the piece is. */
function withInnerBos(
  pieces: readonly Piece[],
  ends: readonly number[],
  { ids, scored, crossing }: Lowered,
  tokenizer: Tokenizer,
): Lowered {
  const { addsBos, bosId } = tokenizer;
  if (!addsBos || bosId === null || !pieces.some(({ specialTokens }) => specialTokens))
    return { ids, scored, crossing };
  const lengths = pieces.map(({ text }) => text.length);
  const borders = pieces.map((_, p) => lengths.slice(0, p).reduce((sum, length) => sum + length, 0));
  const isScored = new Set(scored);
  const withBos: { readonly id: number; readonly scored: boolean }[] = [];
  let next = 0;
  Array.from(ids).forEach((id, i) => {
    // The token that crosses a border is the first of the piece behind it.
    for (; next < pieces.length && (borders[next] as number) < (ends[i] as number); next++) {
      const piece = pieces[next] as Piece;
      if (piece.specialTokens) withBos.push({ id: bosId, scored: piece.scored });
    }
    withBos.push({ id, scored: isScored.has(i) });
  });
  return {
    ids: Int32Array.from(withBos, ({ id: each }) => each),
    scored: withBos.flatMap((token, position) => (token.scored ? [position] : [])),
    crossing,
  };
}

/** Encodes each piece alone and glues the ids. */
function glued(pieces: readonly Piece[], encode: (piece: Piece, i: number) => readonly number[]): Lowered {
  const ids: number[] = [];
  const scored: number[] = [];
  pieces.forEach((piece, i) => {
    for (const id of encode(piece, i)) {
      if (piece.scored) scored.push(ids.length);
      ids.push(id);
    }
  });
  return { ids: Int32Array.from(ids), scored, crossing: false };
}

/** All but the first as text that goes on. */
const lowerInPlace = (pieces: readonly Piece[], tokenizer: Tokenizer): Lowered =>
  glued(pieces, ({ text }, i) =>
    i === 0 ? tokenizer.encode(text, { specialTokens: false }) : encodeInside(tokenizer, text),
  );

/** As the published scripts do. */
const lowerApart = (pieces: readonly Piece[], tokenizer: Tokenizer): Lowered =>
  glued(pieces, ({ text, specialTokens }) => tokenizer.encode(text, { specialTokens }));

function withBos(lowered: Lowered, tokenizer: Tokenizer): Lowered {
  if (!tokenizer.addsBos || tokenizer.bosId === null) return lowered;
  return {
    ids: Int32Array.of(tokenizer.bosId, ...lowered.ids),
    scored: lowered.scored.map((position) => position + 1),
    crossing: lowered.crossing,
  };
}

const LOWER = { joint: lowerJointly, separate: lowerApart, 'in-place': lowerInPlace } as const;
