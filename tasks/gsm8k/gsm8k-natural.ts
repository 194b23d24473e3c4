/** GSM8K as published, its solutions in sentences. They are longer than the symbolic ones, so a row is twice as long. */
import { scoreTexts, type TaskPlugin } from '#harness';
import { gsm8kLmEval, gsm8kLmEvalValues } from './lm-eval.ts';
import { gsm8kTask } from './plugin.ts';
import { GSM8K_NATURAL, type Gsm8kRow, naturalSolution } from './rows.ts';

const fineTuned = gsm8kTask({
  name: 'gsm8k-natural',
  description: 'Word problems; the model, fine-tuned for it, writes the solution in sentences',
  source: GSM8K_NATURAL,
  canvas: 512,
  solution: naturalSolution,
});

export const gsm8kNatural: TaskPlugin<Gsm8kRow> = {
  ...fineTuned,
  protocols: { ...fineTuned.protocols, 'lm-eval': gsm8kLmEval },
  score: (question, response, context) =>
    context.protocol === 'lm-eval'
      ? scoreTexts(question, response, context, (text) => gsm8kLmEvalValues(text, question.answers[0] ?? ''))
      : fineTuned.score(question, response, context),
};
