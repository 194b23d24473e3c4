/**
 * Countdown with 3, 4 and 5 numbers: a model that was fine-tuned on it writes the equations that lead to the target. The headline
 * is the strict rule (each number used once); `accLenient` is the published one.
 */
import { HarnessError, type Question, scoreTexts, type TaskPlugin } from '#harness';
import { askedSource, rowProtocols } from '../row-protocols.ts';
import { parseProblem, type Size } from './problem.ts';
import { type CountdownRow, countdownRowSchema, countdownTest } from './rows.ts';
import { verdictValues } from './verdict.ts';

/** Tokens of a row, problem and solution together. */
const CANVAS: Readonly<Record<Size, number>> = { 3: 64, 4: 96, 5: 128 };

export const countdown3 = countdownTask(3);
export const countdown4 = countdownTask(4);
export const countdown5 = countdownTask(5);

function countdownTask(size: Size): TaskPlugin<CountdownRow> {
  const name = `countdown-${size}`;
  return {
    name,
    version: 2,
    description: `Reach a target from ${size} numbers; the model, fine-tuned for it, writes the equations`,
    chance: null,
    rowSchema: countdownRowSchema,
    sources: [countdownTest(size)],
    fixture: `${name}.jsonl`,
    protocols: rowProtocols({ canvas: CANVAS[size], source: ({ input }) => input, target: ({ output }) => output }),
    id: (_row, index) => `${name}/${index}`,
    score: (question, response, context) => {
      const problem = askedProblem(question);
      return scoreTexts(question, response, context, (text) => verdictValues(problem, text));
    },
  };
}

/** The source of the row is the problem, as text. */
function askedProblem(question: Question) {
  const input = askedSource(question);
  const problem = parseProblem(input);
  if (problem === null)
    throw new HarnessError('bad-dataset', `expected a problem such as 86,28,13,31,96, found ${input}`);
  return problem;
}
