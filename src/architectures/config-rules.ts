/** What the `config.json` of every architecture has to keep. */
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';

/** More than any published model; a larger number is damage. */
const MOST_LAYERS = 10_000;
export const count = z.int().positive();
export const positive = z.number().positive();
export const layerCount = count.max(MOST_LAYERS);

/** @throws HarnessError 'bad-checkpoint' */
export function requireMultiple(file: string, name: string, value: number, divisorName: string, divisor: number): void {
  if (value % divisor === 0) return;
  throw new HarnessError('bad-checkpoint', `${file}: ${name} ${value} is not a multiple of ${divisorName} ${divisor}`);
}

/**
 * Keys that change the computation, and the only value that the net implements.
 *
 * @throws HarnessError 'not-supported'
 */
export function requireValues<Config extends object>(
  file: string,
  config: Config,
  wanted: { readonly [Key in keyof Config]?: Config[Key] },
): void {
  for (const [key, value] of Object.entries(wanted)) {
    const found: unknown = Reflect.get(config, key);
    if (found === value) continue;
    throw unsupported(file, `${key} ${shown(found)}; expected ${shown(value)}`);
  }
}

/** The error for a variant that a net does not implement. */
export function unsupported(file: string, what: string): HarnessError {
  return new HarnessError('not-supported', `${file}: ${what}`);
}

const LONGEST = 120;

/** A value of a file, safe to print. */
const shown = (value: unknown): string => JSON.stringify(typeof value === 'string' ? value.slice(0, LONGEST) : value);
