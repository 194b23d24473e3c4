/** What the `config.json` of every architecture has to keep. */
import { z } from 'zod';
import { HarnessError, notSupported } from '../../core/errors.ts';

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

/** The error for a variant that a net does not implement. */
export const unsupported = (file: string, what: string): HarnessError => notSupported(`${file}: ${what}`);

const LONGEST = 120;

/** A value of a file, safe to print. */
export const shown = (value: unknown): string =>
  JSON.stringify(typeof value === 'string' ? value.slice(0, LONGEST) : value);

/** For `TensorNames.pattern`: of a class whose files always name their `model_type`. */
export const TOLD_BY_MODEL_TYPE = /(?!)/;
