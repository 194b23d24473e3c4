/**
 * Scaled rotary positions: pairs of a head that turn slower than the base says, so that longer texts are read.
 *
 * @source the rules `linear` and `llama3` of huggingface/transformers, modeling_rope_utils.py
 */

/** Facts of a net with rotary positions. */
export interface Rotary {
  readonly ropeBase: number;
  /** Absent: plain. */
  readonly ropeScaling?: RopeScaling;
}

export type RopeScaling =
  /** All frequencies divided by `factor`. */
  | { readonly kind: 'linear'; readonly factor: number }
  /**
   * Pairs that turn less than `lowFrequencyFactor` times in `originalContext` tokens are slowed by `factor`, those that turn more than
   * `highFrequencyFactor` times are left alone, those between are blended.
   */
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContext: number;
    }
  /** Each pair's frequency divided by its own factor, `[D/2]`. */
  | { readonly kind: 'factors'; readonly factors: readonly number[] };

/** @param pair i, of the pair (i, i + D/2) */
export type ScaledFrequency = (frequency: number, pair: number) => number;

/** The rule of a net as `rotaryFrequencies` takes it. */
export function scaledFrequency({ ropeScaling }: Rotary): ScaledFrequency {
  return (frequency, pair) => (ropeScaling === undefined ? frequency : scaled(frequency, pair, ropeScaling));
}

function scaled(frequency: number, pair: number, scaling: RopeScaling): number {
  switch (scaling.kind) {
    case 'linear':
      return frequency / scaling.factor;
    case 'factors':
      return frequency / (scaling.factors[pair] as number);
    case 'llama3': {
      const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
      const turns = (originalContext * frequency) / (2 * Math.PI);
      const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return ((1 - kept) * frequency) / factor + kept * frequency;
    }
    default:
      return scaling satisfies never;
  }
}
