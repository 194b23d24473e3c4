/** Characters and classes of Oniguruma's regular expressions in the spelling of JavaScript's `v` flag. */

const WORD_NAMED = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]`;
/** `\w`, which has the superscripts and fractions of Latin-1 too, unlike `[[:word:]]`. */
export const WORD = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\xb2\xb3\xb9\xbc-\xbe]`;

const CLASSES: Readonly<Record<string, string>> = {
  s: String.raw`\p{White_Space}`,
  S: String.raw`\P{White_Space}`,
  d: String.raw`\p{Nd}`,
  D: String.raw`\P{Nd}`,
  w: WORD,
  W: WORD.replace('[', '[^'),
  h: '[0-9A-Fa-f]',
  H: '[^0-9A-Fa-f]',
  n: String.raw`\n`,
  r: String.raw`\r`,
  t: String.raw`\t`,
  f: String.raw`\f`,
  v: String.raw`\v`,
  a: String.raw`\x07`,
  e: String.raw`\x1b`,
};

/** POSIX names that JavaScript calls otherwise. */
const POSIX: Readonly<Record<string, string>> = {
  alpha: String.raw`\p{Alphabetic}`,
  digit: String.raw`\p{Nd}`,
  alnum: String.raw`[\p{Alphabetic}\p{Nd}]`,
  upper: String.raw`\p{Uppercase}`,
  lower: String.raw`\p{Lowercase}`,
  space: String.raw`\p{White_Space}`,
  punct: String.raw`\p{P}`,
  cntrl: String.raw`\p{Cc}`,
  xdigit: '[0-9A-Fa-f]',
  word: WORD_NAMED,
};

/** A character that stands for itself, or for itself in either case. */
export function literal(character: string, ignoreCase: boolean, inClass = false): string {
  const forms = ignoreCase ? caseForms(character) : [character];
  const source = forms.map(quoted).join('');
  return forms.length === 1 || inClass ? source : `[${source}]`;
}

/** Letters that differ by simple case folding: `s` has the long s (U+017F) too, `k` the Kelvin sign. */
function caseForms(character: string): readonly string[] {
  const forms = new Set([character, character.toLowerCase(), character.toUpperCase(), '\u017f', '\u212a']);
  const same = new RegExp(`^${quoted(character)}$`, 'iu');
  return [...forms].filter((form) => same.test(form));
}

const quoted = (character: string): string =>
  /^[\x20-\x7e]$/.test(character) && !/[\p{L}\p{N}]/u.test(character)
    ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
    : character;

/**
 * What stands behind a backslash.
 *
 * @param rest the pattern from behind the backslash
 * @returns    its spelling, and how many code units of `rest` it takes; null for an escape without counterpart
 */
export function classEscape(rest: string, ignoreCase: boolean): { source: string; length: number } | null {
  const property = /^([pP])\{(\^?)(\w+)\}/.exec(rest);
  if (property !== null) {
    const source = propertyClass(property[3] ?? '', (property[1] === 'P') !== (property[2] === '^'));
    return source === null ? null : { source, length: property[0].length };
  }
  const code = /^(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4}))/.exec(rest);
  if (code !== null) {
    return { source: `\\u{${code[1] ?? code[2] ?? code[3]}}`, length: code[0].length };
  }
  const [character = ''] = rest;
  const known = CLASSES[character];
  if (known !== undefined) return { source: known, length: 1 };
  if (character === '' || /[\p{L}\p{N}]/u.test(character)) return null;
  return { source: literal(character, ignoreCase), length: character.length };
}

/** The class of a property or POSIX name; null for a name that JavaScript does not know. */
export function propertyClass(name: string, negated: boolean): string | null {
  const posix = POSIX[name.toLowerCase()];
  if (posix !== undefined) return negated ? `[^${posix}]` : posix;
  const known = [name, `Script=${name}`].find(isProperty);
  return known === undefined ? null : `\\${negated ? 'P' : 'p'}{${known}}`;
}

function isProperty(name: string): boolean {
  try {
    return new RegExp(`\\p{${name}}`, 'v') !== null;
  } catch {
    return false;
  }
}
