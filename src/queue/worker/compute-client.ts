import { type ChildProcess, fork } from 'node:child_process';
import type { Milliseconds } from '../../core/units.ts';
import type { Order, Reply } from './messages.ts';

/** The process that computes ended, or was ended, before it answered. */
export class ProcessEnded extends Error {}

/** A unit may take so many times the median of those before it, and at least as long as the next line says. */
const SLOWEST = 10;
const LEAST_LIMIT: Milliseconds = 600_000;
const MOST_DURATIONS = 99;

/**
 * Starts a process for the engine, and another one where that one ends. A forward pass blocks its thread, but not this one.
 *
 * @param program path of a module that calls `serve`
 */
export function computeClient(program: string) {
  let child: ChildProcess | null = null;
  let durations: readonly Milliseconds[] = [];
  const started = (): ChildProcess => {
    if (child !== null && child.exitCode === null && child.signalCode === null) return child;
    child = fork(program, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    // What cannot be sent to a process that has just ended is said by its end.
    child.on('error', () => {});
    return child;
  };
  const limit = (): Milliseconds => {
    const sorted = durations.toSorted((a, b) => a - b);
    return Math.max(LEAST_LIMIT, SLOWEST * (sorted[Math.floor(sorted.length / 2)] ?? 0));
  };
  return {
    /** @throws ProcessEnded */
    async ask(order: Order): Promise<Reply> {
      const asked = started();
      const began = performance.now();
      const timer = setTimeout(() => asked.kill('SIGKILL'), limit());
      try {
        return await replyOf(asked, order);
      } finally {
        clearTimeout(timer);
        if (order.unit !== null) durations = [...durations.slice(-MOST_DURATIONS), performance.now() - began];
      }
    },
    end(): void {
      child?.kill('SIGKILL');
      child = null;
    },
  };
}

function replyOf(child: ChildProcess, order: Order): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const replied = (reply: unknown) => settle(() => resolve(reply as Reply));
    const ended = (code: number | null, signal: string | null) =>
      settle(() => reject(new ProcessEnded(`the process that computes ended (${signal ?? `exit code ${code}`})`)));
    const settle = (outcome: () => void) => {
      child.off('message', replied);
      child.off('exit', ended);
      outcome();
    };
    child.on('message', replied);
    child.on('exit', ended);
    child.send(order);
  });
}
