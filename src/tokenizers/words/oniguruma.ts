/**
 * The regular expressions of `tokenizer.json` are Oniguruma's (Ruby syntax); this writes them as JavaScript's. `\s`, `\d`, `\w` mean
 * Unicode classes, `^` and `$` are lines, `+` behind a quantifier is possessive, classes nest. What has no counterpart is refused.
 *
 * @source kkos/oniguruma, `doc/RE` and `doc/SYNTAX.md`
 */
import { type HarnessError, notSupported } from '../../core/errors.ts';
import { classEscape, literal, propertyClass, WORD } from './oniguruma-classes.ts';

/** @throws HarnessError 'not-supported' naming what cannot be written */
export function fromOniguruma(pattern: string): RegExp {
  const reader: Reader = { characters: [...pattern], at: 0, ignoreCase: false, atoms: 0, pattern };
  const source = alternatives(reader);
  if (reader.at < reader.characters.length) throw notWritten(reader, 'a closing parenthesis too much');
  try {
    return new RegExp(source, 'gv');
  } catch (cause) {
    throw notWritten(reader, cause instanceof Error ? cause.message : String(cause));
  }
}

interface Reader {
  readonly characters: readonly string[];
  readonly pattern: string;
  at: number;
  ignoreCase: boolean;
  /** Possessive and atomic groups so far: each needs a name of its own. */
  atoms: number;
}

const ANCHORS: Readonly<Record<string, string>> = {
  '^': '(?<=^|\\n)',
  $: '(?=$|\\n)',
  '.': '[^\\n]',
  '\\A': '^',
  '\\z': '$',
  '\\Z': '(?=\\n?$)',
  '\\b': `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`,
  '\\B': `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`,
};
const PUNCT: Readonly<Record<string, string>> = { '': String.raw`[\p{P}\p{S}]`, '^': String.raw`[^\p{P}\p{S}]` };
const GROUPS = ['?:', '?=', '?!', '?<=', '?<!'];

const peek = (reader: Reader, text: string) =>
  reader.characters.slice(reader.at, reader.at + text.length).join('') === text;

function take(reader: Reader, text: string): boolean {
  const there = peek(reader, text);
  if (there) reader.at += text.length;
  return there;
}

function alternatives(reader: Reader): string {
  const { ignoreCase } = reader;
  let out = '';
  while (reader.at < reader.characters.length && !peek(reader, ')')) {
    out += take(reader, '|') ? '|' : quantified(reader, atom(reader));
  }
  reader.ignoreCase = ignoreCase;
  return out;
}

function atom(reader: Reader): string {
  if (take(reader, '(')) return group(reader);
  if (take(reader, '[')) return characterClass(reader);
  const character = reader.characters[reader.at++] ?? '';
  const name = character === '\\' ? `\\${reader.characters[reader.at] ?? ''}` : character;
  const anchor = ANCHORS[name];
  if (anchor !== undefined) {
    if (character === '\\') reader.at++;
    return anchor;
  }
  return character === '\\' ? escaped(reader) : literal(character, reader.ignoreCase);
}

function escaped(reader: Reader): string {
  const rest = reader.characters.slice(reader.at).join('');
  const found = classEscape(rest, reader.ignoreCase);
  if (found === null) throw notWritten(reader, `\\${rest.slice(0, 1)}`);
  reader.at += [...rest.slice(0, found.length)].length;
  return found.source;
}

function group(reader: Reader): string {
  if (take(reader, '?>')) return atomic(reader, closed(reader));
  const kind = GROUPS.find((known) => take(reader, known));
  if (kind !== undefined) return `(${kind}${closed(reader)})`;
  if (!peek(reader, '?')) return `(?:${closed(reader)})`;
  const { ignoreCase } = reader;
  const off = take(reader, '?-i');
  if (!off && !take(reader, '?i'))
    throw notWritten(reader, `(${reader.characters.slice(reader.at, reader.at + 2).join('')}`);
  reader.ignoreCase = !off;
  // `(?i)` holds to the end of the group around it, which puts the flag back.
  if (take(reader, ')')) return '';
  if (!take(reader, ':')) throw notWritten(reader, 'a group of options');
  const inner = closed(reader);
  reader.ignoreCase = ignoreCase;
  return `(?:${inner})`;
}

function closed(reader: Reader): string {
  const inner = alternatives(reader);
  if (!take(reader, ')')) throw notWritten(reader, 'a group without an end');
  return inner;
}

/** JavaScript has no atomic groups; what a lookahead has found is not looked for again. */
function atomic(reader: Reader, inner: string): string {
  const name = `atom${reader.atoms++}`;
  return `(?=(?<${name}>${inner}))\\k<${name}>`;
}

function quantified(reader: Reader, inner: string): string {
  const rest = reader.characters.slice(reader.at).join('');
  const [quantifier] = /^(?:[*+?]|\{\d*,?\d*\})/.exec(rest) ?? [];
  if (quantifier === undefined || quantifier === '{}' || quantifier === '{,}') return inner;
  reader.at += quantifier.length;
  const counted = inner + quantifier.replace(/^\{,/, '{0,');
  if (quantifier.startsWith('{')) return peek(reader, '+') ? `(?:${counted})` : counted;
  if (take(reader, '+')) return `(?:${atomic(reader, counted)})`;
  return take(reader, '?') ? `${counted}?` : counted;
}

function characterClass(reader: Reader): string {
  const negated = take(reader, '^');
  const parts = [''];
  let first = true;
  while (first || !peek(reader, ']')) {
    if (reader.at >= reader.characters.length) throw notWritten(reader, 'a class without an end');
    if (take(reader, '&&')) parts.push('');
    else parts[parts.length - 1] += classMember(reader);
    first = false;
  }
  reader.at++;
  const body = parts.length === 1 ? (parts[0] ?? '') : parts.map((part) => `[${part}]`).join('&&');
  return `[${negated ? '^' : ''}${body}]`;
}

function classMember(reader: Reader): string {
  const named = /^\[:(\^?)(\w+):\]/.exec(reader.characters.slice(reader.at, reader.at + 16).join(''));
  if (named !== null) {
    reader.at += named[0].length;
    // Between brackets punctuation has symbols too; as a property it has not.
    const found = named[2] === 'punct' ? PUNCT[named[1] ?? ''] : propertyClass(named[2] ?? '', named[1] === '^');
    if (found == null) throw notWritten(reader, named[0]);
    return found;
  }
  if (take(reader, '[')) return characterClass(reader);
  const from = classCharacter(reader);
  const next = reader.characters[reader.at + 1];
  const single = !/^(?:\\[pP]|\[)/.test(from);
  if (!single || !peek(reader, '-') || next === undefined || next === ']' || next === '[') return from;
  if (reader.ignoreCase) throw notWritten(reader, 'a range of characters of any case');
  reader.at++;
  return `${from}-${classCharacter(reader)}`;
}

function classCharacter(reader: Reader): string {
  const character = reader.characters[reader.at++] ?? '';
  if (character === '\\') return escaped(reader);
  return literal(character, reader.ignoreCase, true);
}

function notWritten({ pattern }: Reader, what: string): HarnessError {
  return notSupported(
    `expected a regular expression that JavaScript has a counterpart of, found ${what} in ${JSON.stringify(pattern)}`,
    'the ids of this tokenizer cannot be made here; score requests that are already token ids',
  );
}
