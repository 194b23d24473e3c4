/** `bench run --explain`: what each difference between `canonical` and `paper` moves on the same items. Stores nothing. */
import { explainRuns } from '../../evaluate/explain-runs.ts';
import type { RunOptions } from '../../evaluate/options.ts';
import { explainTable } from '../../report/terminal/explain-table.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';

export async function run(options: RunOptions, io: CommandIo): Promise<number> {
  const document = await explainRuns(options, observe(io));
  if (io.signal.aborted) return EXIT.stopped;
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : explainTable(document, io.columns));
  return EXIT.ok;
}
