/**
 * How far fewer bits move a lead: fitted to one half of the items that were drawn to be held out, and checked on the other. Numbers in,
 * numbers out.
 */
import { stream } from '../../../core/numbers/random.ts';
import type { Fraction } from '../../../core/units.ts';

/** σ and how many of them a lead may be off by. */
export interface ErrorModel {
  /** Nats a root of a log-likelihood's tokens. */
  readonly error: number;
  readonly reach: number;
}

export interface FittedErrors extends ErrorModel {
  /** Largest error of the other half, in units of `error`. */
  readonly checked: number;
  readonly holds: boolean;
}

/** Errors that a reach is at least: those of two answers add up, and their distribution has wider tails than a normal one. */
export const NORMAL_REACH = 6;
/** Room above the largest error seen. */
const ROOM = 1.5;

/** Of items, the share that is held out: one in fifty, and of small tasks enough to see an error. It is their number that tells, not their share. */
const HELD_OUT = 0.02;
const LEAST_HELD_OUT = 40;

export const heldOutShare = (items: number): Fraction => Math.min(1, Math.max(HELD_OUT, LEAST_HELD_OUT / items));

/** Whether an item is computed in float32 whatever its lead, by name. */
export const isHeldOut = (key: string, share: Fraction): boolean => stream(0, 'held-out', key).uniform(0) < share;

/** Which half of those that are held out it belongs to. */
export const isFittedTo = (key: string): boolean => stream(0, 'held-out', key).uniform(1) < 1 / 2;

/**
 * @param fitted  errors of leads in nats over the roots that `leads.ts` gives them, of one half
 * @param checked the same of the other
 * @returns null where a half is empty
 */
export function fitErrors(fitted: readonly number[], checked: readonly number[]): FittedErrors | null {
  if (fitted.length === 0 || checked.length === 0) return null;
  const error = roundedUp(Math.sqrt(fitted.reduce((sum, each) => sum + each * each, 0) / fitted.length));
  if (error === 0) return null;
  const reach = roundedUp(Math.max(NORMAL_REACH, (ROOM * largest(fitted)) / error));
  const seen = largest(checked) / error;
  return { error, reach, checked: seen, holds: seen <= reach };
}

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** To two digits, so that machines whose float32 differs in its last bits mostly agree. */
function roundedUp(value: number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / unit - 1e-9) * unit).toPrecision(2));
}
