/** What a text costs, one at a time: a document of numbers. No part of it is a result: all of it depends on the machine. */
import type { Family } from '../../core/names.ts';
import type { Bytes, Seconds } from '../../core/units.ts';
import type { Machine } from '../../store/environment.ts';

export const SPEED_FORMAT = 'bench-speed/1';

export interface SpeedPoint {
  readonly model: string;
  readonly family: Family;
  /** Tokens of the text, its start token included. */
  readonly length: number;
  /** T; null for an autoregressive model. */
  readonly steps: number | null;
  readonly nfe: number;
  /** Wall time of each text, in the order in which they were written. */
  readonly seconds: readonly Seconds[];
  /** Of those. */
  readonly median: Seconds;
  /** Tokens after the start token by the median. */
  readonly tokensPerSecond: number;
  /** Largest resident set of the process while it wrote, weights included; null where the system does not say. */
  readonly peakBytes: Bytes | null;
}

/** A text that the model cannot write. */
export interface SpeedGap extends Pick<SpeedPoint, 'model' | 'length'> {
  readonly reason: string;
}

export interface SpeedDocument {
  readonly format: typeof SPEED_FORMAT;
  readonly engine: string;
  readonly dtype: string;
  readonly machine: Machine;
  readonly points: readonly SpeedPoint[];
  readonly gaps: readonly SpeedGap[];
}
