/** The sequences that the fixed design asks a denoiser for, taken before they are computed: any build's network can be given them. */
import { PassPool } from '../../src/lm/forward/pass-pool.ts';
import type { Sequence } from '../../src/lm/forward/sequence.ts';
import { planBound } from '../../src/lm/likelihood/bound.ts';
import type { Denoiser } from '../../src/lm/likelihood/noised-input.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';

export const MASK = 10541;
export const DENOISER: Denoiser = { maskId: MASK, shift: true, openFraction: 1 };

/** Of all answers of some items. */
export async function maskedPasses(
  items: readonly (readonly Lowered[])[],
  passes: number,
): Promise<readonly Sequence[]> {
  const pools = items.map((item, i) => {
    const pool = new PassPool();
    for (const lowered of item) planBound(lowered, `bench/${i}`, DENOISER, { passes, seed: 0 }, pool);
    return pool;
  });
  const asked: Sequence[] = [];
  await PassPool.run(pools, async (sequences) => {
    asked.push(...sequences);
    return [];
  });
  return asked;
}
