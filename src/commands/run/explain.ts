/** `bench run --explain`: what each difference between `canonical` and `paper` moves on the same items. Stores nothing. */
import { HarnessError } from '../../core/errors.ts';
import type { Opened } from '../../evaluate/describe-job.ts';
import { prepareRuns } from '../../evaluate/execute-runs.ts';
import { explainJob } from '../../evaluate/explain-job.ts';
import { leakedSteps } from '../../evaluate/leaked-steps.ts';
import type { RunOptions } from '../../evaluate/options.ts';
import { openLanguageModel } from '../../lm/language-model.ts';
import { explainTable } from '../../report/terminal/explain-table.ts';
import type { ExplainDocument, Explanation } from '../../report/view/explain.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';

/** Items of each task where --limit does not say. */
const FEW = 100;

export async function run(options: RunOptions, io: CommandIo): Promise<number> {
  const limited = { ...options, limit: options.limit ?? FEW };
  const { checkpoints, jobs, engine, judge } = await prepareRuns(limited, io);
  const explanations: Explanation[] = [];
  for (const opened of checkpoints) {
    const { checkpoint, tokenizer } = opened;
    const parts = { ...opened, leakedSteps: await leakOrNull(opened, options) };
    const model = await openLanguageModel({ checkpoint, tokenizer, engine, signal: io.signal });
    try {
      for (const job of jobs) {
        if (io.signal.aborted) return EXIT.stopped;
        explanations.push(await explainJob({ ...job, opened: parts, model, judge }, limited, io));
      }
    } finally {
      await model.dispose();
    }
  }
  const document: ExplainDocument = { format: 'bench-explain/1', explanations };
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : explainTable(document, io.columns));
  return EXIT.ok;
}

/** Where LAMBADA is not here, the other toggles are still explained. */
async function leakOrNull(opened: Opened, options: RunOptions): Promise<number | null> {
  try {
    return await leakedSteps(opened, options);
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'missing-dataset') return null;
    throw error;
  }
}
