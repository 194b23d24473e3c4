import { type ChildProcess, fork } from 'node:child_process';
import type { Milliseconds } from '../../core/units.ts';
import type { Order, Reply } from './messages.ts';

/** The process that computes ended, or was ended, before it answered. */
export class ProcessEnded extends Error {}

/** A unit may take so many times the median of those before it, and at least as long as the next line says. */
const SLOWEST = 10;
const LEAST_LIMIT: Milliseconds = 600_000;
const MOST_DURATIONS = 99;

/** Starts a process for the engine, and another one where that one ends. A forward pass blocks its thread, but not this one. */
export class ComputeClient {
  readonly #program: string;
  #child: ChildProcess | null = null;
  #durations: readonly Milliseconds[] = [];

  /** @param program path of a module that calls `serve` */
  constructor(program: string) {
    this.#program = program;
  }

  /** @throws ProcessEnded */
  async ask(order: Order): Promise<Reply> {
    const child = this.#started();
    const started = performance.now();
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#limit());
    try {
      return await replyOf(child, order);
    } finally {
      clearTimeout(timer);
      if (order.unit !== null)
        this.#durations = [...this.#durations.slice(-MOST_DURATIONS), performance.now() - started];
    }
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #started(): ChildProcess {
    if (this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null) return this.#child;
    const child = fork(this.#program, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    // What cannot be sent to a process that has just ended is said by its end.
    child.on('error', () => {});
    this.#child = child;
    return child;
  }

  #limit(): Milliseconds {
    const sorted = this.#durations.toSorted((a, b) => a - b);
    return Math.max(LEAST_LIMIT, SLOWEST * (sorted[Math.floor(sorted.length / 2)] ?? 0));
  }
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
