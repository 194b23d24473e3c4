/** What each difference between `canonical` and `paper` moves on the same items. Stores nothing. */
import { orNull } from '../core/errors.ts';
import { openLanguageModel } from '../lm/language-model.ts';
import type { ExplainDocument, Explanation } from '../report/view/explain.ts';
import { prepareRuns } from './execute-runs.ts';
import { explainTask } from './explain-task.ts';
import { leakedSteps } from './leaked-steps.ts';
import { type Observer, SILENT } from './observer.ts';
import type { RunOptions } from './options.ts';
import { precisionFor } from './precision/mixed-precision.ts';
import { readingOf } from './run-settings.ts';

/** Items of each task where the options do not say. */
const FEW = 100;

/** An abort leaves out what has not begun. */
export async function explainRuns(options: RunOptions, observer: Observer = SILENT): Promise<ExplainDocument> {
  const limited = { ...options, limit: options.limit ?? FEW };
  const { models, tasks, engine, cheap = null, judge } = await prepareRuns(limited, observer);
  const { signal } = observer;
  const explanations: Explanation[] = [];
  for (const { checkpoint, tokenizer } of models) {
    // Where LAMBADA is not here, the other toggles are still explained.
    const leak = await leakedSteps({ checkpoint, tokenizer }, options).catch(orNull('missing-dataset'));
    const opened = { checkpoint, tokenizer, leakedSteps: leak };
    const cheaper = cheap === null ? {} : { cheapEngine: cheap };
    const model = await openLanguageModel({ checkpoint, tokenizer, engine, ...cheaper, signal });
    try {
      for (const asked of tasks) {
        if (signal.aborted) break;
        const inputs = { asked, opened, model, reading: readingOf(checkpoint, options), cheap, out: options.out };
        const mixed = await precisionFor(inputs, limited, observer);
        explanations.push(await explainTask({ ...asked, opened, model, judge, mixed }, limited, observer));
      }
    } finally {
      await model.dispose();
    }
  }
  return { format: 'bench-explain/1', explanations };
}
