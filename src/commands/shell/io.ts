/**
 * What a command may touch of the outside world, passed in so that tests call commands without a process.
 * A command returns its exit code; it never writes to a stream or ends the process itself.
 */
import type { Milliseconds } from '../../core/units.ts';

export interface CommandIo {
  /** Writes to standard output, as is: results only (tables, JSON). */
  stdout(text: string): void;
  /** Writes to standard error, as is: progress, warnings. */
  stderr(text: string): void;
  /** Standard error is a terminal that can redraw a line. */
  readonly isTerminal: boolean;
  /** Width of the terminal on standard error at this moment; absent: as `columns`. */
  readonly stderrColumns?: () => number;
  /** Width that tables may fill. */
  readonly columns: number;
  /** Aborted by the first Ctrl-C: finish or drop the batch in hand, store what is done, return. */
  readonly signal: AbortSignal;
  /** Monotonic clock for rates and durations; its zero means nothing. */
  now(): Milliseconds;
}

/** Writes a result: as JSON where that was asked for, else in words. */
export function print(
  { stdout }: Pick<CommandIo, 'stdout'>,
  { json }: { readonly json?: boolean | undefined },
  document: unknown,
  words: () => string,
): void {
  stdout(json === true ? `${JSON.stringify(document, null, 2)}\n` : words());
}

/** What one of several actions of a verb found: for people, for machines, for the shell. */
export interface Outcome<Document = unknown> {
  readonly text: string;
  /** What `--json` prints. */
  readonly document: Document;
  readonly exitCode: number;
}

/** Exit codes; a verb's `exits` say what else it means by one. `stopped` is 128 + SIGINT, as shells expect. */
export const EXIT = { ok: 0, failure: 1, usage: 2, regression: 3, inconclusive: 4, stopped: 130 } as const;
