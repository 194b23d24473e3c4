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
  | 'context-overflow'
  | 'empty-answer'
  | 'non-finite'
  | 'engine'
  | 'sandbox'
  | 'store-locked'
  | 'store-corrupt'
  | 'not-supported'
  | 'interrupted';

export interface HarnessErrorOptions {
  /** What to type or do next. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one error class that users see: one sentence that names what was expected, what was found and where.
 * Programmer mistakes are `TypeError` / `RangeError` instead.
 */
export class HarnessError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: HarnessErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HarnessError';
    this.code = code;
    this.hint = options.hint;
  }
}
