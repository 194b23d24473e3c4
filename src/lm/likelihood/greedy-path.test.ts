import { describe, expect, it } from 'vitest';
import { answerOf } from '../../../test/property/scripted-forward.ts';
import { PassPool } from '../forward/pass-pool.ts';
import type { Forward } from '../forward/sequence.ts';
import { planBound } from './bound.ts';
import { greedyPaths } from './greedy-path.ts';

const MASK = 0;
const DENOISER = { maskId: MASK, shift: true, openFraction: 1 };

/** The most likely token at each row, and how likely it is, given what is masked. Position p is read from row p − 1. */
type Decoder = (position: number, masked: readonly number[]) => { readonly best: number; readonly confidence: number };

const decoding = (decoder: Decoder, seen: string[] = []): Forward => {
  return async (sequences) =>
    sequences.map(({ ids, reads }) => {
      const masked = [...ids.keys()].filter((position) => ids[position] === MASK);
      seen.push(masked.join());
      const found = reads.map(({ row }) => decoder(row + 1, masked));
      return {
        logprobs: new Float32Array(reads.length),
        best: Int32Array.from(found, ({ best }) => best),
        bestLogprobs: Float32Array.from(found, ({ confidence }) => confidence),
      };
    });
};

/** The verdict on the answer 2, 3, 4 at positions 1, 2, 3, and the masks on the way. */
async function follow(decoder: Decoder, passes = 7): Promise<{ verdict: boolean | undefined; path: string[] }> {
  const pool = new PassPool();
  const bound = planBound(answerOf(3), 'item', DENOISER, { passes, seed: 0 }, pool);
  const path: string[] = [];
  const [verdict] = await greedyPaths([{ bound, key: 'item', pool }], DENOISER, 0, decoding(decoder, path));
  return { verdict, path };
}

const right = (position: number) => position + 1;

describe('the greedy path', () => {
  it('writes the answer when every revealed token is the answer, whatever the order', async () => {
    for (const order of [
      [1, 2, 3],
      [3, 1, 2],
      [2, 3, 1],
    ]) {
      const decoder: Decoder = (position) => ({ best: right(position), confidence: -order.indexOf(position) });
      expect((await follow(decoder)).verdict).toBe(true);
    }
  });

  it('reveals the most confident position first, the lowest one on ties', async () => {
    const confident: Decoder = (position) => ({ best: right(position), confidence: position === 3 ? -0.1 : -1 });
    // With three passes nothing is enumerated: what is not planned runs step by step.
    const { path } = await follow(confident, 3);
    expect(path.slice(-2)).toEqual(['1,2', '2']);
  });

  it('ends at the first wrong token', async () => {
    const wrong: Decoder = (position, masked) => ({
      best: masked.length === 2 && position === 2 ? 99 : right(position),
      confidence: -position,
    });
    expect((await follow(wrong)).verdict).toBe(false);
  });

  it('does not mind a position that is wrong while others are revealed first', async () => {
    const late: Decoder = (position, masked) => ({
      best: position === 3 && masked.length > 1 ? 99 : right(position),
      confidence: position === 3 ? -5 : -1,
    });
    expect((await follow(late)).verdict).toBe(true);
  });

  it('takes passes that were enumerated from the pool', async () => {
    const pool = new PassPool();
    const bound = planBound(answerOf(3), 'item', DENOISER, { passes: 7, seed: 0 }, pool);
    const all: string[] = [];
    const forward = decoding((position) => ({ best: right(position), confidence: 0 }), all);
    await PassPool.run([pool], forward);
    expect(all).toHaveLength(7);
    expect(await greedyPaths([{ bound, key: 'item', pool }], DENOISER, 0, forward)).toEqual([true]);
    expect(all).toHaveLength(7);
  });
});
