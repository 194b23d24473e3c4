import type { OffsetEncoding } from '../tokenizer.ts';

/** The tokens of one word, with the code units of the word that each stands for. */
export type Tokens = OffsetEncoding;

/** Turns a word into tokens. */
export type WordModel = (word: string) => Tokens;

export const NO_TOKENS: Tokens = { ids: [], starts: [], ends: [] };

/** The name of the token that stands for a byte where a vocabulary spells characters that it lacks. */
export const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
