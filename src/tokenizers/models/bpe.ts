/**
 * Byte-pair encoding of one word.
 *
 * @source huggingface/tokenizers (Rust), `models/bpe/model.rs`, `models/bpe/word.rs`
 */
import { unitsAt } from '../alignment.ts';
import { mergeSymbols, type Symbols } from './merge.ts';
import type { MergeTable } from './merge-table.ts';
import { byteToken, NO_TOKENS, type Tokens, type WordModel } from './tokens.ts';

export interface BpeSettings {
  readonly idOf: ReadonlyMap<string, number>;
  readonly merges: MergeTable;
  /** Put in front of every character but the first, and behind the last, before it is looked up. */
  readonly prefix: string;
  readonly suffix: string;
  /** For characters that the vocabulary lacks; null: they are left out. */
  readonly unknownId: number | null;
  /** Several unknown characters in a row become one token. */
  readonly fusesUnknown: boolean;
  /** Characters that the vocabulary lacks become the tokens of their bytes, where it has all of these. */
  readonly fallsBackToBytes: boolean;
  /** A word that is a token as it stands is not merged. */
  readonly ignoresMerges: boolean;
}

export function bpeModel(settings: BpeSettings): WordModel {
  const bytes = settings.fallsBackToBytes ? byteIds(settings.idOf) : null;
  const unitIds = idsOfUnits(settings);
  return (word) => {
    if (word === '') return NO_TOKENS;
    const whole = settings.ignoresMerges ? settings.idOf.get(word) : undefined;
    if (whole !== undefined) return { ids: [whole], starts: [0], ends: [word.length] };
    const symbols = knownUnits(word, unitIds) ?? charactersOf(word, settings, bytes);
    mergeSymbols(symbols, settings.merges);
    return spansOf(word, symbols);
  };
}

/** By code unit: the token of that character, -1 where there is none or where it depends on what stands beside it. */
function idsOfUnits({ idOf, prefix, suffix }: BpeSettings): Int32Array {
  const ids = new Int32Array(1 << 16).fill(-1);
  if (prefix !== '' || suffix !== '') return ids;
  for (const [token, id] of idOf) if (token.length === 1) ids[token.charCodeAt(0)] = id;
  return ids;
}

/** The symbols of a word whose characters are all tokens of one code unit: nearly every word; null for others. */
function knownUnits(word: string, unitIds: Int32Array): Symbols | null {
  const symbols: Symbols = { ids: [], ends: [] };
  for (let at = 0; at < word.length; at++) {
    const id = unitIds[word.charCodeAt(at)] as number;
    if (id < 0) return null;
    symbols.ids.push(id);
    symbols.ends.push(at + 1);
  }
  return symbols;
}

/** By byte; undefined where the vocabulary lacks its token. */
function byteIds(idOf: ReadonlyMap<string, number>): readonly (number | undefined)[] {
  return Array.from({ length: 256 }, (_, byte) => idOf.get(byteToken(byte)));
}

/**
 * The symbols that merging begins with. `ends` counts code units; the tokens of the bytes of one character all end where it
 * begins, but for the last.
 */
function charactersOf(word: string, settings: BpeSettings, bytes: readonly (number | undefined)[] | null): Symbols {
  const { idOf, prefix, suffix, unknownId, fusesUnknown } = settings;
  const symbols: Symbols = { ids: [], ends: [] };
  let unknownEnd = -1;
  const push = (id: number, end: number) => {
    symbols.ids.push(id);
    symbols.ends.push(end);
  };
  const flush = () => {
    if (unknownEnd >= 0 && unknownId !== null) push(unknownId, unknownEnd);
    unknownEnd = -1;
  };
  for (let at = 0; at < word.length; ) {
    const end = at + unitsAt(word, at);
    const character = word.slice(at, end);
    const spelled = (at > 0 ? prefix : '') + character + (end === word.length ? suffix : '');
    const id = idOf.get(spelled);
    const spelledBytes = id === undefined ? bytesOf(spelled, bytes) : null;
    if (id !== undefined) {
      flush();
      push(id, end);
    } else if (spelledBytes !== null) {
      for (const [index, byte] of spelledBytes.entries()) push(byte, index + 1 < spelledBytes.length ? at : end);
    } else {
      if (!fusesUnknown) flush();
      unknownEnd = end;
    }
    at = end;
  }
  flush();
  return symbols;
}

function bytesOf(text: string, bytes: readonly (number | undefined)[] | null): readonly number[] | null {
  if (bytes === null) return null;
  const ids = Array.from(Buffer.from(text), (byte) => bytes[byte]);
  return ids.every((id) => id !== undefined) ? ids : null;
}

/** A token that holds a part of a character covers it whole. */
function spansOf(word: string, { ids, ends }: Symbols): Tokens {
  const starts: number[] = [];
  let start = 0;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i] as number;
    starts.push(start);
    if (end <= start) ends[i] = start + unitsAt(word, start);
    start = end;
  }
  return { ids, starts, ends };
}
