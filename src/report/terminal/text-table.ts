/** Plain columns for a terminal: no colour, no frame, one rule under the heading. */
import Table from 'cli-table3';

const GAP = '  ';
const CORNERS = ['top', 'bottom'].flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`]);
const FRAME = [...CORNERS, ...['left', 'mid', 'right'].flatMap((side) => [side, `${side}-mid`])];
/** Nothing of a frame but the gap between columns. */
const NO_FRAME = { ...Object.fromEntries(FRAME.map((part) => [part, ''])), middle: GAP };

export interface TextTableOptions {
  /** Indices of the columns that are aligned to the right. */
  readonly right?: readonly number[];
  /** The last column is broken into lines so that the table is no wider than this, where that can be done. */
  readonly width?: number;
}

/** Narrowest that a broken last column may become. */
const NARROWEST = 20;

/** Lines of cells as aligned text; cells may hold several lines. Blanks at line ends are cut. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], width = Number.POSITIVE_INFINITY }: TextTableOptions = {},
): string {
  const table = new Table({
    chars: NO_FRAME,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
  });
  const before = head.slice(0, -1).map((_, column) => longestLine([head, ...rows].map((row) => row[column] ?? '')));
  const room = Math.max(NARROWEST, width - before.reduce((sum, each) => sum + each + GAP.length, 0));
  table.push([...head], ...rows.map((row) => [...row.slice(0, -1), wrapText(row.at(-1) ?? '', room)]));
  const lines = table.toString().split('\n');
  const headLines = Math.max(...head.map((cell) => cell.split('\n').length));
  const rule = '─'.repeat(longestLine(lines.map((line) => line.trimEnd())));
  const all = [...lines.slice(0, headLines), rule, ...lines.slice(headLines)];
  return `${all.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Breaks every line of a text at blanks so that none is longer than `width`; what a line continues with is indented. */
export function wrapText(text: string, width: number, indent = ''): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (line.length <= width) return [line];
      const lines: string[] = [];
      let current = '';
      for (const word of line.split(' ')) {
        if (current.trim() !== '' && current.length + 1 + word.length > width) {
          lines.push(current);
          current = indent + word;
        } else current = current === '' ? word : `${current} ${word}`;
      }
      return [...lines, current];
    })
    .join('\n');
}

/** Notes under a table, a paragraph each. */
export const notesText = (notes: readonly string[], width: number): string =>
  notes.map((note) => `${wrapText(note, width, '  ')}\n`).join('');

const longestLine = (texts: readonly string[]): number =>
  Math.max(0, ...texts.flatMap((text) => text.split('\n').map((line) => line.length)));
