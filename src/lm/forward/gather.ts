/** Calls that come while others are computed, put together: no batch is left half empty by a caller who has few sequences. */
import type { Forward, ReadAnswers, Sequence } from './sequence.ts';

interface Call {
  readonly sequences: readonly Sequence[];
  readonly resolve: (answers: readonly ReadAnswers[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The same forward: the answer to a sequence never depends on its batch. What fails, fails for all calls that were put together. */
export function gathered(forward: Forward): Forward {
  let waiting: Call[] = [];
  let isRunning = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    while (waiting.length > 0) {
      const calls = waiting;
      waiting = [];
      await answerAll(forward, calls);
    }
    isRunning = false;
  };
  return (sequences) =>
    new Promise((resolve, reject) => {
      waiting.push({ sequences, resolve, reject });
      if (!isRunning) void run();
    });
}

async function answerAll(forward: Forward, calls: readonly Call[]): Promise<void> {
  try {
    const answers = await forward(calls.flatMap(({ sequences }) => sequences));
    let from = 0;
    for (const { sequences, resolve } of calls) {
      resolve(answers.slice(from, from + sequences.length));
      from += sequences.length;
    }
  } catch (error) {
    for (const { reject } of calls) reject(error);
  }
}
