import { relative } from 'node:path';
import type { RunFacts } from '../../report/view/run-facts.ts';

/** Where the numbers of a table are kept, a folder a line, and what to type next. */
export function storedRunsText(
  runs: readonly Pick<RunFacts, 'path'>[],
  labelOf: (index: number) => string,
  next: readonly string[],
): string {
  if (runs.length === 0) return '';
  const labels = runs.map((_, i) => labelOf(i));
  const width = Math.max(...labels.map(({ length }) => length));
  const folders = runs.map(({ path }, i) => `  ${(labels[i] as string).padEnd(width)}  ${relative('.', path) || '.'}`);
  return ['', 'Stored as runs:', ...folders, '', ...next.map((command) => `Next: ${command}`), ''].join('\n');
}
