import type { Fraction } from '../../core/units.ts';
import type { ClusterLayout } from '../clustered/cluster-layout.ts';

export interface BootstrapOptions {
  readonly confidence?: Fraction;
  /** Resamples. Their own noise in an end of a 95 % interval is about 2 % of its half width at 10,000. */
  readonly draws?: number;
  /** Which values belong together; null = none. */
  readonly layout?: ClusterLayout | null;
  /** Items that were left out because they could not be scored; carried along. */
  readonly unscored?: number;
}

/** @throws RangeError on a confidence outside 0..1 or fewer than 100 draws */
export function resolveBootstrap(name: string, options: BootstrapOptions): Required<BootstrapOptions> {
  const { confidence = 0.95, draws = 10_000, layout = null, unscored = 0 } = options;
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`${name}: needs 0 < confidence < 1, got ${confidence}`);
  }
  if (!(Number.isInteger(draws) && draws >= 100))
    throw new RangeError(`${name}: needs 100 draws or more, got ${draws}`);
  return { confidence, draws, layout, unscored };
}
