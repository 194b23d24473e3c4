/** Countdown predictions with their problem: CD3, CD4, CD5 or any other size. */
import { z } from 'zod';
import { parseProblem } from '../../../../tasks/countdown/problem.ts';
import { isLenientlyCorrect, STRICT_VERDICTS, strictVerdict } from '../../../../tasks/countdown/verdict.ts';
import { cutAt } from '../../../core/text/cut-at.ts';
import { badRow, parseRow } from '../../../datasets/parse-row.ts';
import { hit, type Rescorer, rescoreEach } from './rescorer.ts';

const lineSchema = z.object({ input: z.string(), prediction: z.string() });

const METRICS = {
  strict: 'each number used once, n - 1 true equations, the target is left',
  lenient: 'true equations that end in the target (the published rule)',
} as const;

export const countdownRescorer: Rescorer = {
  task: 'countdown',
  forms: ['{"input": "86,28,13,31,96", "prediction": "86+28=114,31-13=18,114-18=96"}'],
  metrics: METRICS,
  verdicts: STRICT_VERDICTS,
  async rescore(predictions, { eos, ...settings }) {
    const scored = rescoreEach(predictions, Object.keys(METRICS), settings, ({ place, value }) => {
      const { input, prediction } = parseRow(lineSchema, value, place);
      const problem = parseProblem(input);
      if (problem === null) {
        throw badRow(place, 'input', 'two or more numbers and the target, separated by commas', input);
      }
      const text = cutAt(prediction, eos);
      const verdict = strictVerdict(problem, text);
      const isLenient = isLenientlyCorrect(problem, text);
      return { id: null, verdict, shares: { strict: hit(verdict === 'correct'), lenient: hit(isLenient) } };
    });
    return { ...scored, missing: null };
  },
};
