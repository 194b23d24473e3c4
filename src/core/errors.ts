/** What went wrong, as a value that a caller can switch on. */
export type ErrorCode =
  | 'bad-arguments'
  | 'unknown-name'
  | 'missing-checkpoint'
  | 'bad-checkpoint'
  | 'missing-tokenizer'
  | 'bad-tokenizer'
  | 'missing-dataset'
  | 'bad-dataset'
  | 'bad-request'
  /** The code of a task, which may be a plugin's, threw. */
  | 'task'
  | 'context-overflow'
  | 'empty-answer'
  | 'non-finite'
  | 'engine'
  | 'sandbox'
  | 'store-locked'
  | 'store-corrupt'
  | 'not-supported'
  /** The operating system refuses what has nothing to do with a single file: open files, memory. */
  | 'system'
  | 'interrupted';

export interface HarnessErrorOptions {
  /** What to type or do next. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one error class that users see: one sentence that names what was expected, what was found and where.
 * Programmer mistakes are `TypeError` / `RangeError` instead. Where the list of what was found is empty, nothing was.
 */
export class HarnessError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: HarnessErrorOptions = {}) {
    super(
      message.replace(/\bfound\s*$/, 'found nothing'),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'HarnessError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** For `catch`: null in the place of an error with one of the codes, or with any where none is named. Others are thrown. */
export const orNull =
  (...codes: readonly ErrorCode[]) =>
  (error: unknown): null => {
    if (error instanceof HarnessError && (codes.length === 0 || codes.includes(error.code))) return null;
    throw error;
  };

/** The error for a file that cannot be used, with the code and in the words of those who read it. */
export type Refuse = (file: string, what: string, options?: HarnessErrorOptions) => HarnessError;

/** The error for a checkpoint file that cannot be used: `file: what is wrong with it`. */
export function badCheckpoint(file: string, what: string, options?: HarnessErrorOptions): HarnessError {
  return new HarnessError('bad-checkpoint', `${file}: ${what}`, options);
}

/** The error for weights that are no longer those that were read before. */
export function weightsChanged(file: string): HarnessError {
  return badCheckpoint(file, 'expected the weights that were read before, found others: they changed meanwhile', {
    hint: 'give the same command again once the files of the model stay as they are',
  });
}

/** The error for what was typed or given; `hint` says what to type instead. */
export function badArguments(message: string, hint?: string): HarnessError {
  return new HarnessError('bad-arguments', message, hint === undefined ? {} : { hint });
}

/** The error for what is read and not implemented; `hint` says what to use instead. */
export function notSupported(message: string, hint?: string): HarnessError {
  return new HarnessError('not-supported', message, hint === undefined ? {} : { hint });
}

const LONGEST_QUOTE = 120;

/** A name taken from a file, safe to print: control characters escaped, at most 120 characters kept. */
export function quoted(name: string): string {
  return JSON.stringify(name.length <= LONGEST_QUOTE ? name : `${name.slice(0, LONGEST_QUOTE)}…`);
}

/** A shape as messages show it: `[2, 3]`. */
export const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
