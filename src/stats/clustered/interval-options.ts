import type { Fraction } from '../../core/units.ts';

export interface BoundedOptions {
  /** Least and largest value that an item can have. */
  readonly range?: readonly [low: number, high: number];
  readonly confidence?: Fraction;
  /** Items that were left out because they could not be scored; carried along. */
  readonly unscored?: number;
}

export interface EstimateOptions extends Omit<BoundedOptions, 'range'> {
  /** The metric is a share, a fraction or another value in 0..1. */
  readonly isBounded: boolean;
}
