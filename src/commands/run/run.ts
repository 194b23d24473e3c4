/** `bench run`: models on tasks, side by side. */
import { relative } from 'node:path';
import { executeRuns, prepareRuns } from '../../evaluate/execute-runs.ts';
import type { RunOptions } from '../../evaluate/options.ts';
import { toJsonDocument } from '../../report/documents/json-document.ts';
import { runTable } from '../../report/terminal/table.ts';
import type { RunReport } from '../../report/view/run-facts.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';

/** Scores every model on every task, prints the table (or JSON) of all that is stored, and returns the exit code. */
export async function run(options: RunOptions, io: CommandIo): Promise<number> {
  const observer = observe(io);
  const executed = await executeRuns(await prepareRuns(options, observer), options, observer);
  const reports = executed.map(({ report }) => report);
  io.stdout(options.json ? `${JSON.stringify(toJsonDocument(reports), null, 2)}\n` : text(reports, io.columns));
  return io.signal.aborted ? EXIT.stopped : EXIT.ok;
}

/** The table, and where its numbers are kept. */
function text(reports: readonly RunReport[], columns: number): string {
  const [first] = reports;
  const kept = first === undefined ? '' : `\nItem by item: bench show ${relative('.', first.path) || '.'}\n`;
  return `${runTable(reports, columns)}${kept}`;
}
