/**
 * Byte-level BPE as GPT-2 spells it: text is cut into words by one regular expression, and each UTF-8 byte of a word is
 * written as one printable character, so that a vocabulary of strings can hold any bytes.
 *
 * @source Radford et al. 2019, `encoder.py` (`bytes_to_unicode`, the pattern)
 */

import type { Units } from './units.ts';

const PRINTABLE_RANGES: readonly (readonly [number, number])[] = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
];

/** The 256 byte characters in the order in which GPT-2 numbers them: printable bytes first, then the others. */
export const BYTE_CHARACTERS: readonly string[] = byteTable().map(([, character]) => character);

const characterOfByte: readonly string[] = byteTable()
  .sort(([a], [b]) => a - b)
  .map(([, character]) => character);
const byteOfCharacter: ReadonlyMap<string, number> = new Map(byteTable().map(([byte, character]) => [character, byte]));
const utf8 = new TextEncoder();
const PRINTABLE_WORD = /^ ?[!-~]*$/;
const SPELLED_SPACE = characterOfByte[0x20] ?? '';

/**
 * The word pattern of GPT-2. `White_Space` is what `\s` means to Python and Rust; JavaScript's `\s` has U+FEFF too much
 * and U+0085 too little, which is why the library's own `ByteLevel` is not used for cutting.
 */
const WORD =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Cuts text into the words that BPE never merges across; their concatenation is the text. */
export const splitWords = (text: string): readonly string[] => text.match(WORD) ?? [];

const OTHER = 0;
const LETTER = 1;
const NUMBER = 2;
const BLANK = 3;
const FOREIGN = 4;
/** By code unit; all that is not ASCII is foreign. */
const KINDS = Uint8Array.from({ length: 1 << 16 }, (_, code) => {
  if (code >= 128) return FOREIGN;
  const character = String.fromCharCode(code);
  if (/[A-Za-z]/.test(character)) return LETTER;
  if (/[0-9]/.test(character)) return NUMBER;
  return /\p{White_Space}/u.test(character) ? BLANK : OTHER;
});
const AT_WORD = new RegExp(WORD.source, 'uy');
const APOSTROPHE = 0x27;
const SPACE = 0x20;

/**
 * Where the word ends that begins at an index: as `splitWords` cuts, several times faster in ASCII. Text of other characters is
 * left to the pattern.
 */
export function wordEnd(text: string, units: Units, at: number): number {
  const code = units[at] as number;
  const hasSpace = code === SPACE && at + 1 < units.length;
  const kind = KINDS[hasSpace ? (units[at + 1] as number) : code] as number;
  if (code === APOSTROPHE || kind === FOREIGN) return endOfMatch(text, at);
  let end = hasSpace && kind !== BLANK ? at + 1 : at;
  while (end < units.length && KINDS[units[end] as number] === kind) end++;
  if (end === units.length) return end;
  if (KINDS[units[end] as number] === FOREIGN) return endOfMatch(text, at);
  // The last of several blanks goes with what follows.
  return kind === BLANK && end - at > 1 ? end - 1 : end;
}

function endOfMatch(text: string, at: number): number {
  AT_WORD.lastIndex = at;
  return at + (AT_WORD.exec(text)?.[0].length ?? 1);
}

/** The UTF-8 bytes of a text, each written as its byte character. */
export function spellBytes(text: string): string {
  // Nearly every word: printable ASCII, perhaps behind a space.
  if (PRINTABLE_WORD.test(text)) return text.startsWith(' ') ? SPELLED_SPACE + text.slice(1) : text;
  let spelled = '';
  for (const byte of utf8.encode(text)) spelled += characterOfByte[byte];
  return spelled;
}

/** The bytes that a spelled token stands for; null when it holds a character that is no byte character. */
export function unspellBytes(token: string): Uint8Array | null {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function byteTable(): [number, string][] {
  const printable = PRINTABLE_RANGES.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !printable.includes(byte));
  return [
    ...printable.map((byte): [number, string] => [byte, String.fromCharCode(byte)]),
    ...others.map((byte, index): [number, string] => [byte, String.fromCharCode(256 + index)]),
  ];
}
