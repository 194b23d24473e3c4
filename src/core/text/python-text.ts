/** Python's string methods, where a published script's exact text depends on them. */

/** What `str.isspace` accepts; unlike JavaScript's `\s` it holds U+001C…U+001F and U+0085, and not U+FEFF. */
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const END = new RegExp(`${SPACE}+$`, 'u');
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, 'gu');
const RUN = new RegExp(`${SPACE}+`, 'u');

/** `str.strip()` */
export const pythonStrip = (text: string): string => text.replace(ENDS, '');

/** `str.rstrip()` */
export const pythonStripEnd = (text: string): string => text.replace(END, '');

/** `str.split()` without arguments: the words between runs of white space. */
export function pythonSplit(text: string): string[] {
  const stripped = pythonStrip(text);
  return stripped === '' ? [] : stripped.split(RUN);
}

/** `str.capitalize()`: the first character in title case **and all others in lower case**. */
export function pythonCapitalize(text: string): string {
  const [first] = text;
  if (first === undefined) return '';
  return titleCase(first) + text.toLowerCase().slice(first.toLowerCase().length);
}

/** Title case differs from upper case in digraphs ('ǆ' → 'ǅ') and in expansions ('ß' → 'Ss'). */
function titleCase(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x1c4 && code <= 0x1cc) return String.fromCodePoint(code - ((code - 0x1c4) % 3) + 1);
  if (code >= 0x1f1 && code <= 0x1f3) return 'ǲ';
  const [head = '', ...tail] = character.toUpperCase();
  return head + tail.join('').toLowerCase();
}
