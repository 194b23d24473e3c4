/**
 * The most likely way of cutting a word into tokens (Viterbi over the scores of the vocabulary).
 *
 * @source huggingface/tokenizers (Rust), `models/unigram/model.rs` (`encode_optimized`)
 */
import { unitsAt } from '../alignment.ts';
import { byteToken, NO_TOKENS, type WordModel } from './tokens.ts';

/** A character that is no token counts as one whose score is lower than the lowest by this. */
const UNKNOWN_PENALTY = 10;

export interface UnigramSettings {
  /** In order of id: token and score. */
  readonly vocabulary: readonly (readonly [string, number])[];
  readonly unknownId: number | null;
  readonly fallsBackToBytes: boolean;
}

interface Node {
  readonly id: number | null;
  readonly from: number;
  readonly score: number;
}

export function unigramModel({ vocabulary, unknownId, fallsBackToBytes }: UnigramSettings): WordModel {
  const idOf = new Map(vocabulary.map(([token], id) => [token, id]));
  const longest = vocabulary.reduce((most, [token]) => Math.max(most, token.length), 0);
  const unknownScore = vocabulary.reduce((least, [, score]) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;
  const known = { idOf, longest, unknownId, unknownScore, scoreOf: (id: number) => vocabulary[id]?.[1] ?? 0 };
  return (word) => {
    if (word === '') return NO_TOKENS;
    const tokens = { ids: [] as number[], starts: [] as number[], ends: [] as number[] };
    for (const { id, from, to } of fuseUnknown(bestPath(word, known))) {
      const own = id ?? idOf.get(word.slice(from, to)) ?? null;
      const bytes = own === null && fallsBackToBytes ? byteIds(word.slice(from, to), idOf) : null;
      for (const each of bytes ?? [own ?? unknownId]) {
        if (each === null) continue;
        tokens.ids.push(each);
        tokens.starts.push(from);
        tokens.ends.push(to);
      }
    }
    return tokens;
  };
}

interface Known {
  readonly idOf: ReadonlyMap<string, number>;
  readonly longest: number;
  readonly unknownId: number | null;
  readonly unknownScore: number;
  readonly scoreOf: (id: number) => number;
}

interface Piece {
  /** Null: unknown. */
  readonly id: number | null;
  readonly from: number;
  readonly to: number;
}

function bestPath(word: string, { idOf, longest, unknownId, unknownScore, scoreOf }: Known): readonly Piece[] {
  const best: (Node | undefined)[] = [];
  const offer = (to: number, node: Node) => {
    if (best[to] === undefined || node.score > best[to].score) best[to] = node;
  };
  for (let from = 0; from < word.length; ) {
    const character = unitsAt(word, from);
    const soFar = best[from]?.score ?? 0;
    let single = false;
    for (let length = 1; length <= longest && from + length <= word.length; length++) {
      const id = idOf.get(word.slice(from, from + length));
      if (id === undefined) continue;
      offer(from + length, { id, from, score: scoreOf(id) + soFar });
      single ||= length === character;
    }
    if (!single) offer(from + character, { id: null, from, score: unknownScore + soFar });
    from += character;
  }
  const pieces: Piece[] = [];
  for (let to = word.length; to > 0; ) {
    const { id, from } = best[to] as Node;
    pieces.push({ id: id === unknownId ? null : id, from, to });
    to = from;
  }
  return pieces.reverse();
}

/** Unknown characters in a row are one token. */
function fuseUnknown(pieces: readonly Piece[]): readonly Piece[] {
  const fused: Piece[] = [];
  for (const piece of pieces) {
    const last = fused.at(-1);
    if (piece.id === null && last?.id === null) fused[fused.length - 1] = { id: null, from: last.from, to: piece.to };
    else fused.push(piece);
  }
  return fused;
}

function byteIds(text: string, idOf: ReadonlyMap<string, number>): readonly number[] | null {
  const ids = Array.from(Buffer.from(text), (byte) => idOf.get(byteToken(byte)));
  return ids.every((id) => id !== undefined) ? ids : null;
}
