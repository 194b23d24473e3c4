/**
 * GSM8K in symbolic form: a model that was fine-tuned on it writes the calculations of a word problem and the answer after
 * `####`. The headline is the published rule, the text after the last `####`.
 */
import { gsm8kTask } from './plugin.ts';
import { GSM8K_SYMBOLIC, symbolicSolution } from './rows.ts';

export const gsm8k = gsm8kTask({
  name: 'gsm8k',
  description: 'Word problems; the model, fine-tuned for it, writes calculations and the answer',
  source: GSM8K_SYMBOLIC,
  canvas: 256,
  solution: symbolicSolution,
});
