/** `bench run`: models on tasks, side by side. */
import { relative } from 'node:path';
import { RUN_OPTIONS, type RunOptions, requireConsistent } from '../../evaluate/options.ts';
import { explainTable } from '../../report/terminal/explain-table.ts';
import { runTable } from '../../report/terminal/table.ts';
import { type RunFacts, toJsonDocument } from '../../report/view/run-facts.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';

export const verb = declareVerb({
  options: RUN_OPTIONS,
  readsConfig: true,
  examples: {
    'run --models gpt2-m,diffugpt-m --tasks piqa,hellaswag --limit 200': 'first 200 items of two tasks',
    'run --models ./my-diffusion --family diffusion --mask-id 50257 --shift on': 'a checkpoint of your own',
    'run --models diffugpt-m --tasks piqa --steps 1,2,4,8,16,32': 'the whole T curve from the same passes',
    'run --models diffugpt-m --tasks piqa --protocol paper': 'the procedure of the published scripts, seeded',
    'run --models diffugpt-m --tasks piqa --limit 100 --explain': 'what each published quirk moves, one at a time',
    'run --config run.json --json > result.json': 'settings from a file, result as JSON',
  },
  settle: requireConsistent<RunOptions>,
  run: (options, io) => (options.explain ? explain : run)(options, io),
});

/** Scores every model on every task, prints the table (or JSON) of all that is stored, and returns the exit code. */
export async function run(options: RunOptions, io: CommandIo): Promise<number> {
  // What computes is loaded when it runs, so that help and mistakes are answered at once.
  const { executeRuns, prepareRuns } = await import('../../evaluate/execute-runs.ts');
  const observer = observe(io);
  const executed = await executeRuns(await prepareRuns(options, observer), options, observer);
  const reports = executed.map(({ report }) => report);
  io.stdout(options.json ? `${JSON.stringify(toJsonDocument(reports), null, 2)}\n` : text(reports, io.columns));
  return io.signal.aborted ? EXIT.stopped : EXIT.ok;
}

/** What each difference between `canonical` and `paper` moves on the same items. Stores nothing. */
export async function explain(options: RunOptions, io: CommandIo): Promise<number> {
  const { explainRuns } = await import('../../evaluate/explain-runs.ts');
  const document = await explainRuns(options, observe(io));
  if (io.signal.aborted) return EXIT.stopped;
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : explainTable(document, io.columns));
  return EXIT.ok;
}

/** The table, and where its numbers are kept. */
function text(reports: readonly RunFacts[], columns: number): string {
  const [first] = reports;
  const kept = first === undefined ? '' : `\nItem by item: bench show ${relative('.', first.path) || '.'}\n`;
  return `${runTable(reports, columns)}${kept}`;
}
