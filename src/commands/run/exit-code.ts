import type { RunFacts } from '../../report/view/run-facts.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';

/** Stopped, or failed where a run has items and no score, which is said on standard error; else ok. */
export function exitCodeOf(
  runs: readonly Pick<RunFacts, 'task' | 'model' | 'items' | 'unscored' | 'unscoredBy'>[],
  io: CommandIo,
): number {
  if (io.signal.aborted) return EXIT.stopped;
  const failed = runs.filter(({ items, unscored }) => items > 0 && unscored === items);
  for (const { task, model, items, unscoredBy } of failed) {
    const why = Object.keys(unscoredBy).join(', ');
    io.stderr(`bench: ${task}, ${model}: none of ${items} items could be scored (${why})\n`);
  }
  return failed.length > 0 ? EXIT.failure : EXIT.ok;
}
