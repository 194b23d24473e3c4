/**
 * Finds added tokens (`<|endoftext|>`, `<s>`, ...) in text. As in Hugging Face's library they are found before anything
 * else happens to the text, the leftmost and then the longest first: a user's text that spells a special token is
 * encoded as that token.
 *
 * @source huggingface/tokenizers (Rust), `tokenizer/added_vocabulary.rs` (`find_matches`)
 */
import type { AddedToken } from './definition.ts';

/** A stretch of text: one added token, or the text between two of them. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  /** The id of the added token; null for ordinary text. */
  readonly id: number | null;
}

/**
 * @param tokens   the added tokens to look for
 * @param spelling how a token is written in the texts to come (the same, or as the normalizer leaves it)
 * @returns        a function that cuts a text into stretches, in order, without gaps and without empty ones
 */
export function addedTokenFinder(
  tokens: readonly AddedToken[],
  spelling: (content: string) => string,
): (text: string) => readonly Stretch[] {
  const bySpelling = new Map(tokens.map((token): [string, AddedToken] => [spelling(token.content), token]));
  bySpelling.delete('');
  if (bySpelling.size === 0) return wholeText;
  const find = leftmostLongest(bySpelling);

  return (text) => {
    const stretches: Stretch[] = [];
    let done = 0;
    for (let match = find(text, 0); match !== null; match = find(text, match.end)) {
      const { token, start: from, end: to } = match;
      if (from < done || (token.single_word && !standsAlone(text, from, to))) continue;
      const [start, end] = swallowBlanks(text, token, from, to, done);
      if (start > done) stretches.push({ start: done, end: start, id: null });
      stretches.push({ start, end, id: token.id });
      done = end;
    }
    if (done < text.length) stretches.push({ start: done, end: text.length, id: null });
    return stretches;
  };
}

const wholeText = (text: string): readonly Stretch[] =>
  text.length === 0 ? [] : [{ start: 0, end: text.length, id: null }];

interface Match {
  readonly token: AddedToken;
  readonly start: number;
  readonly end: number;
}

/** Some vocabularies have thousands of added tokens, but these begin with few characters: only those are looked at. */
function leftmostLongest(bySpelling: ReadonlyMap<string, AddedToken>): (text: string, from: number) => Match | null {
  const lengths = new Map<string, number[]>();
  for (const spelling of [...bySpelling.keys()].sort((a, b) => b.length - a.length)) {
    const first = spelling.charAt(0);
    const known = lengths.get(first) ?? [];
    if (known.at(-1) !== spelling.length) known.push(spelling.length);
    lengths.set(first, known);
  }
  const firsts = new RegExp(`[${[...lengths.keys()].map(codeUnit).join('')}]`, 'g');

  return (text, from) => {
    firsts.lastIndex = from;
    for (let found = firsts.exec(text); found !== null; found = firsts.exec(text)) {
      const { 0: first, index: start } = found;
      for (const length of lengths.get(first) ?? []) {
        const token = bySpelling.get(text.slice(start, start + length));
        if (token !== undefined) return { token, start, end: start + length };
      }
    }
    return null;
  };
}

const codeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const WORD_BEFORE = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const WORD_AFTER = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** No letter, mark, digit or `_` beside it. */
const standsAlone = (text: string, from: number, to: number): boolean =>
  !WORD_BEFORE.test(text.slice(Math.max(0, from - 2), from)) && !WORD_AFTER.test(text.slice(to, to + 2));

/** `lstrip` and `rstrip` tokens take the blanks beside them. */
function swallowBlanks(text: string, token: AddedToken, from: number, to: number, done: number): [number, number] {
  let [start, end] = [from, to];
  if (token.lstrip) while (start > done && /\p{White_Space}/u.test(text.charAt(start - 1))) start--;
  if (token.rstrip) while (end < text.length && /\p{White_Space}/u.test(text.charAt(end))) end++;
  return [start, end];
}
