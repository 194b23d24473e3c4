/** A word to tokens, remembered: texts repeat their words. */
import { unitsAt } from './alignment.ts';
import { spellBytes } from './byte-level.ts';
import { NO_TOKENS, type Tokens, type WordModel } from './models/tokens.ts';
import type { Units } from './units.ts';
import { type GiveToken, WordTable } from './word-table.ts';
import { type CutStep, cutWords, type Word } from './words/steps.ts';

/** A remembered word is not longer than this, and there are not more of them; both only bound memory. */
const LONGEST_REMEMBERED = 64;
const MOST_REMEMBERED = 200_000;

/** What a model makes of code units `from` to `to` of a text. */
export interface StretchEncoder {
  readonly eachToken: (text: string, units: Units, from: number, to: number, give: GiveToken) => void;
  readonly appendIds: (text: string, units: Units, from: number, to: number, into: number[]) => void;
}

/** @param spelling null: the model reads the word as it stands; otherwise its bytes, cut by these steps */
export function rememberingEncoder(model: WordModel, spelling: readonly CutStep[] | null): StretchEncoder {
  const encode = spelling === null ? model : spellingModel(model, spelling);
  const remembered = new WordTable();
  const encodeNew = (text: string, units: Units, from: number, to: number): Tokens => {
    const tokens = encode(text.slice(from, to));
    if (to - from > LONGEST_REMEMBERED) return tokens;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.add(units, from, to, tokens);
    return tokens;
  };
  return {
    eachToken(text, units, from, to, give) {
      if (remembered.eachToken(units, from, to, give)) return;
      const { ids, starts, ends } = encodeNew(text, units, from, to);
      for (let i = 0; i < ids.length; i++) give(ids[i] as number, starts[i] as number, ends[i] as number);
    },
    appendIds(text, units, from, to, into) {
      if (remembered.appendIds(units, from, to, into)) return;
      for (const id of encodeNew(text, units, from, to).ids) into.push(id);
    },
  };
}

/** A model that reads the bytes of a word, each written as one character. */
function spellingModel(model: WordModel, steps: readonly CutStep[]): WordModel {
  return (word) => {
    const spelled = spellBytes(word);
    const pieces = steps.length === 0 ? [model(spelled)] : cutWords(spelled, steps, false).map(place);
    const tokens = pieces.length === 1 ? (pieces[0] ?? NO_TOKENS) : joined(pieces);
    return spelled.length === word.length ? tokens : byCharacter(tokens, word);
  };
  function place(piece: Word): Tokens {
    return placed(model(piece.text), piece);
  }
}

/** The tokens of a word in units of the text that it was cut from; what was put in front counts as its first unit. */
const placed = ({ ids, starts, ends }: Tokens, { start, inserted }: Word): Tokens => ({
  ids,
  starts: starts.map((unit) => start + Math.max(0, unit - inserted)),
  ends: ends.map((unit) => start + Math.max(1, unit - inserted)),
});

const joined = (parts: readonly Tokens[]): Tokens => ({
  ids: parts.flatMap(({ ids }) => ids),
  starts: parts.flatMap(({ starts }) => starts),
  ends: parts.flatMap(({ ends }) => ends),
});

/** From bytes to code units; a token that holds a part of a character covers it whole. */
function byCharacter({ ids, starts, ends }: Tokens, word: string): Tokens {
  const from: number[] = [];
  const to: number[] = [];
  for (let at = 0; at < word.length; at += unitsAt(word, at)) {
    const end = at + unitsAt(word, at);
    for (let byte = Buffer.byteLength(word.slice(at, end)); byte > 0; byte--) {
      from.push(at);
      to.push(end);
    }
  }
  return {
    ids,
    starts: starts.map((byte) => from[byte] as number),
    ends: ends.map((byte) => to[byte - 1] as number),
  };
}
