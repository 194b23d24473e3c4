import { HarnessError, type HarnessErrorOptions } from '../core/errors.ts';

/** The error for a checkpoint file that cannot be used: `file: what is wrong with it`. */
export function badCheckpoint(file: string, what: string, options?: HarnessErrorOptions): HarnessError {
  return new HarnessError('bad-checkpoint', `${file}: ${what}`, options);
}

const LONGEST_QUOTE = 120;

/** A name taken from a file, safe to print: control characters escaped, at most 120 characters kept. */
export function quoted(name: string): string {
  return JSON.stringify(name.length <= LONGEST_QUOTE ? name : `${name.slice(0, LONGEST_QUOTE)}…`);
}

/** A shape as messages show it: `[2, 3]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
