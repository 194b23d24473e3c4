/** GSM8K as published, its solutions in sentences. They are longer than the symbolic ones, so a row is twice as long. */
import { gsm8kTask } from './plugin.ts';
import { GSM8K_NATURAL, naturalSolution } from './rows.ts';

export const gsm8kNatural = gsm8kTask({
  name: 'gsm8k-natural',
  description: 'Word problems; the model, fine-tuned for it, writes the solution in sentences',
  source: GSM8K_NATURAL,
  canvas: 512,
  solution: naturalSolution,
});
