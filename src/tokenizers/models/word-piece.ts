/**
 * The longest token first, again and again; and vocabularies of whole words.
 *
 * @source huggingface/tokenizers (Rust), `models/wordpiece/mod.rs`, `models/wordlevel/mod.rs`
 */
import { NO_TOKENS, type Tokens, type WordModel } from './tokens.ts';

export interface WordPieceSettings {
  readonly idOf: ReadonlyMap<string, number>;
  readonly unknownId: number;
  /** What tokens inside a word begin with. */
  readonly prefix: string;
  /** Words of more characters are unknown. */
  readonly longestWord: number;
}

/** A word of which any part is not a token is unknown as a whole. */
export function wordPieceModel({ idOf, unknownId, prefix, longestWord }: WordPieceSettings): WordModel {
  return (word) => {
    if (word === '') return NO_TOKENS;
    if (word.length > longestWord && [...word].length > longestWord) return whole(word, unknownId);
    const tokens = { ids: [] as number[], starts: [] as number[], ends: [] as number[] };
    for (let from = 0; from < word.length; ) {
      let to = word.length;
      let id: number | undefined;
      for (; to > from; to--) {
        id = idOf.get((from > 0 ? prefix : '') + word.slice(from, to));
        if (id !== undefined) break;
      }
      if (id === undefined) return whole(word, unknownId);
      tokens.ids.push(id);
      tokens.starts.push(from);
      tokens.ends.push(to);
      from = to;
    }
    return tokens;
  };
}

/** `unknownId` null: a word that is not in the vocabulary is left out. */
export function wordLevelModel(idOf: ReadonlyMap<string, number>, unknownId: number | null): WordModel {
  return (word) => {
    const id = idOf.get(word) ?? unknownId;
    return word === '' || id === null ? NO_TOKENS : whole(word, id);
  };
}

const whole = (word: string, id: number): Tokens => ({ ids: [id], starts: [0], ends: [word.length] });
