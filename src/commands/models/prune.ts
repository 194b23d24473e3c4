/** `bench models prune`: what was kept of weights to start faster, removed; the next run makes it again. */

import { removeKept } from '../../engines/packed/kept-files.ts';
import { sizeText } from '../../hub/choose-files.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { EXIT, type Outcome } from '../shell/io.ts';

const DIGITS = 12;

export async function prune(): Promise<Outcome> {
  const { removed, left } = await removeKept();
  const rows = removed.map(({ dtype, digest, bytes, file }) => [
    dtype ?? 'unknown',
    digest?.slice(0, DIGITS) ?? 'unknown',
    sizeText(bytes),
    file,
  ]);
  const table =
    rows.length === 0
      ? 'nothing was kept of weights in fewer bits\n'
      : textTable(['removed', 'weights', 'size', 'file'], rows, { right: [2] });
  const writing = left.map((file) => `left, as a process is writing it: ${file}\n`);
  return { text: [table, ...writing].join(''), document: { removed, left }, exitCode: EXIT.ok };
}
