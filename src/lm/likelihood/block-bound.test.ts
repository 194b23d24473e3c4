import { describe, expect, it } from 'vitest';
import { scriptedForward } from '../../../test/property/scripted-forward.ts';
import { PassPool } from '../forward/pass-pool.ts';
import type { Sequence } from '../forward/sequence.ts';
import { blocksOf } from './answer-blocks.ts';
import { planBlocks, scoreBlocks } from './block-bound.ts';

const MASK = 0;
const DENOISER = { maskId: MASK, shift: false, openFraction: 1, blockLength: 4 };
const lowered = {
  ids: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  scored: [2, 3, 4, 5, 6, 7, 8, 9],
  crossing: false,
};

const isMasked = ({ ids }: Sequence, position: number) => ids[position] === MASK;
const masks = (sequence: Sequence) => [...sequence.ids.keys()].filter((position) => isMasked(sequence, position));

describe('the bound by blocks', () => {
  it('denoises a block after clean ones, without what follows it, the missing rest of the last one masked', () => {
    const parts = blocksOf(lowered, DENOISER);
    expect(parts.map(({ index, lowered: part }) => [index, [...part.ids], part.scored])).toEqual([
      [0, [1, 2, 3, 4], [2, 3]],
      [1, [1, 2, 3, 4, 5, 6, 7, 8], [4, 5, 6, 7]],
      [2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, MASK, MASK], [8, 9]],
    ]);
  });

  it('is the whole answer at once where there are no blocks', () => {
    const { blockLength: _, ...whole } = DENOISER;
    expect(blocksOf(lowered, whole)).toEqual([{ index: null, lowered }]);
  });

  it('is the sum of the bounds of its blocks, and exact where all masks of each are run', async () => {
    const seen: Sequence[] = [];
    // A masked token costs 1 + the number of masked answer tokens, so a block of L has the bound Σ_k (1 + k).
    const forward = scriptedForward((sequence) => {
      seen.push(sequence);
      return 1 + masks(sequence).filter((position) => position < lowered.ids.length).length;
    });
    const pool = new PassPool();
    const plans = planBlocks(lowered, 'item', DENOISER, { passes: 45, seed: 0 }, pool);
    await PassPool.run([pool], forward);
    const { score } = scoreBlocks(plans, [4], pool);
    const bound = (L: number) => (L * (L + 3)) / 2;
    expect(score).toMatchObject({ tokens: 8, exact: true });
    expect(score.quantities.nelbo).toEqual({ value: bound(2) + bound(4) + bound(2), stderr: 0 });
    expect(score.quantities).toHaveProperty('nelbo@4');
    expect(score.quantities).not.toHaveProperty('official@4');
    expect(score).not.toHaveProperty('maskedCrossEntropy');
    for (const sequence of seen) {
      expect(sequence.attention).toEqual({ kind: 'blocks', length: 4 });
      const noisy = Math.floor((masks(sequence)[0] as number) / 4);
      expect(sequence.ids.length).toBe(4 * (noisy + 1));
    }
  });

  it('counts the passes that a bracket asks for beside those of the bound', () => {
    const [plain, bracketed] = [new PassPool(), new PassPool()];
    const settings = { passes: 15, seed: 0 };
    planBlocks(lowered, 'item', DENOISER, settings, plain);
    const plans = planBlocks(lowered, 'item', DENOISER, { ...settings, bracket: 4 }, bracketed);
    const counts = plans.map(({ tubePasses }) => tubePasses);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(bracketed.size - plain.size);
    // All masks of the blocks of two tokens are run, which are their likelihood itself.
    expect(counts).toEqual([0, expect.any(Number), 0]);
    expect(counts[1]).toBeGreaterThan(0);
  });

  it('gives each block the fewest passes there can be, where an answer may not take more', () => {
    const pool = new PassPool();
    planBlocks(lowered, 'item', DENOISER, { passes: 3, seed: 0 }, pool);
    expect(pool.size).toBe(9);
  });
});
