/** The process of a worker that holds the engine: computes what it is told to, one order after the other. */
import { HarnessError } from '../../core/errors.ts';
import { resultText } from '../result.ts';
import type { Order, Reply } from './messages.ts';
import { RunComputer } from './run-computer.ts';

/** Serves until the process that started this one is gone. */
export function serve(): void {
  const computer = new RunComputer();
  // Ctrl-C in a terminal is heard by the whole group; the other process says when to end.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('message', (order: Order) => {
    void carriedOut(computer, order).then((reply) => process.send?.(reply));
  });
}

async function carriedOut(computer: RunComputer, order: Order): Promise<Reply> {
  try {
    await computer.open(order.plan, order.own);
  } catch (error) {
    return { kind: 'refused', reason: sentenceOf(error) };
  }
  const { unit } = order;
  if (unit === null) return { kind: 'ready' };
  try {
    const result = await computer.compute({ ...order, unit });
    return { kind: 'answered', result: resultText(result), items: result.records.length, seconds: result.by.seconds };
  } catch (error) {
    return { kind: 'failed', code: error instanceof HarnessError ? error.code : null, reason: sentenceOf(error) };
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof HarnessError)
    return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
