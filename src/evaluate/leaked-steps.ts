/**
 * The leaked number of steps: the released script scores LAMBADA first and writes T = the tokens of each last word into the
 * arguments that every later task reads, so those run with the T of LAMBADA's very last word.
 *
 * @source `eval_Lambada` and `main` of evaluation/eval-diffugpt.py, HKUNLP/DiffuLLaMA at c17e897; quirk Q6
 */
import { lambada } from '../../tasks/lambada.ts';
import { HarnessError } from '../core/errors.ts';
import { loadRows } from '../datasets/load-task.ts';
import { lowerView } from '../lm/lowering/lower.ts';
import { examplesOf } from '../runner/plan.ts';
import type { RunOptions } from './options.ts';
import type { ModelFiles } from './run-parts.ts';

/** Tokens of the last word of LAMBADA's last passage: 1 with the GPT-2 vocabulary, 3 with LLaMA's. */
export async function leakedSteps(
  { checkpoint, tokenizer }: ModelFiles,
  options: Pick<RunOptions, 'dataDir' | 'fixtures'>,
): Promise<number> {
  const { rows } = await loadRows(lambada, options);
  const question = examplesOf(lambada, 'paper', rows.slice(-1), null)[0]?.question;
  const [view] = question?.views.diffusion ?? [];
  if (view === undefined) {
    throw new HarnessError('bad-dataset', '--emulate-leak: expected passages of lambada, found none');
  }
  const [lowered] = lowerView(view, tokenizer, checkpoint.architecture.contextLength);
  return lowered?.scored.length ?? 1;
}
