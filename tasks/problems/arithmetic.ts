/** Single sums and differences, `20 + 20 =` answered by `40`: practice for a base model. All values lie in 0 … 99. */
import { z } from 'zod';
import { problemGenerator, wholeNumber } from './generator.ts';

export const arithmetic = problemGenerator({
  name: 'arithmetic',
  about: 'sums and differences of two numbers',
  version: 1,
  words: ['+', '-', '='],
  schema: z.strictObject({
    /** Largest number, the result included. */
    largest: wholeNumber(1, 99).default(60),
  }),
  propose(random, { largest }) {
    const sign = random.pick(['+', '-'] as const);
    const a = random.between(0, largest);
    const b = random.between(0, largest);
    const result = sign === '+' ? a + b : a - b;
    if (result < 0 || result > largest) return null;
    return { prompt: `${a} ${sign} ${b} =`, answer: String(result), key: `${a}${sign}${b}` };
  },
  isCorrect: ({ answer }, written) => written === answer,
});
