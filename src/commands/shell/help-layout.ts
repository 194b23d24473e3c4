/** Help in lines of a width: paragraphs, and tables of names with what they are for. */

/** A name, what it is for, and what holds where it is left out. */
export interface Entry {
  readonly name: string;
  readonly about: string;
  readonly standard?: string;
}

const INDENT = 2;
/** Stays free before a default: blanks that part no words. */
const GAP = '\u00a0'.repeat(8);

/** Lines of a text; those that are indented stay so where they are wrapped. */
export function paragraph(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const indent = ' '.repeat(line.length - line.trimStart().length);
    return wrapped(line.trim(), columns - indent.length).map((part) => indent + part);
  });
}

/** Heading and entries, names in a column of at most half the width; an empty line closes it. */
export function table(heading: string, entries: readonly Entry[], columns: number): readonly string[] {
  const longest = Math.max(...entries.map(({ name }) => name.length));
  const width = Math.min(longest, columns >> 1);
  return [...paragraph(heading, columns), ...entries.flatMap((entry) => entryLines(entry, width, columns)), ''];
}

function entryLines({ name, about, standard }: Entry, width: number, columns: number): readonly string[] {
  const names = wrapped(name, width);
  const texts = wrapped(about, columns - width - 2 * INDENT);
  const lines = Array.from({ length: Math.max(names.length, texts.length) }, (_, at) =>
    [(names[at] ?? '').padEnd(width), texts[at] ?? '']
      .map((cell) => ' '.repeat(INDENT) + cell)
      .join('')
      .trimEnd(),
  );
  return standard === undefined || standard === '' ? lines : withDefault(lines, standard, columns);
}

/** The default at the right margin, on the last line where it has room. */
function withDefault(lines: readonly string[], standard: string, columns: number): readonly string[] {
  const parts = wrapped(`${GAP} [default: ${standard}]`, columns - INDENT);
  const [first = '', ...further] = parts.map((part) => part.padStart(columns));
  const last = lines.at(-1) ?? '';
  const fits = last.length + (parts[0] ?? '').length <= columns;
  const placed = fits ? [last + first.slice(last.length), ...further] : [last, first, ...further];
  return [...lines.slice(0, -1), ...placed]
    .filter((line) => line.trim() !== '')
    .map((line) => line.replaceAll('\u00a0', ' '));
}

/** Words in lines of at most so many characters, a longer word in pieces; one empty line where there are none. */
function wrapped(text: string, columns: number): readonly string[] {
  const most = Math.max(columns, 1);
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    const start = line === '' ? '' : `${line} `;
    const left = most - start.length;
    // A word of several lines begins on this one where that does not take one more.
    const linesFromHere = 1 + Math.ceil((word.length - left) / most);
    const staysHere = word.length <= left || (word.length > most && linesFromHere <= Math.ceil(word.length / most));
    if (staysHere) lines[lines.length - 1] = start + word.slice(0, left);
    const rest = staysHere ? word.slice(left) : word;
    for (let at = 0; at < rest.length; at += most) lines.push(rest.slice(at, at + most));
  }
  return lines;
}
