import { relative } from 'node:path';
import { shownNames } from '../../report/terminal/model-names.ts';
import type { RunFacts } from '../../report/view/run-facts.ts';

/**
 * Where the numbers of a table are kept, a folder a line, and what to type next.
 *
 * @param settingsOf what else a run is called by
 */
export function storedRunsText<Run extends Pick<RunFacts, 'path' | 'task' | 'model'>>(
  runs: readonly Run[],
  { out }: { readonly out: string },
  settingsOf: (run: Run) => readonly string[],
): string {
  if (runs.length === 0) return '';
  const nameOf = shownNames(runs.map(({ model }) => model));
  const labels = runs.map((run) => [run.task, nameOf(run.model), ...settingsOf(run)].join(', '));
  const width = Math.max(...labels.map(({ length }) => length));
  const folders = runs.map(({ path }, i) => `  ${(labels[i] as string).padEnd(width)}  ${relative('.', path) || '.'}`);
  return ['', 'Stored as runs:', ...folders, '', `Next: bench report --runs ${out}`, ''].join('\n');
}
