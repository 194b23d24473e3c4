import { describe, expect, it } from 'vitest';
import { scriptedForward } from '../../../test/property/scripted-forward.ts';
import { PassPool } from './pass-pool.ts';
import { countingPositions, type Forward, type Read, type Sequence } from './sequence.ts';

const forward = scriptedForward(({ ids }, { row, target }) => (ids[row] as number) + target);

const sequence = (ids: readonly number[], ...reads: Read[]): Sequence => ({
  ids: Int32Array.from(ids),
  positions: countingPositions(ids.length),
  attention: { kind: 'full' },
  reads,
});
const logprobs = (pool: PassPool, ticket: ReturnType<PassPool['request']>) =>
  pool.readings(ticket).map(({ logprob }) => logprob);

describe('a pool', () => {
  it('runs equal inputs once, with the reads of all who asked', async () => {
    const pool = new PassPool();
    const first = pool.request(sequence([5, 6], { row: 0, target: 1 }, { row: 1, target: 2 }), 'full');
    const second = pool.request(sequence([5, 6], { row: 1, target: 2 }, { row: 1, target: 3 }), 'full');
    expect(pool.size).toBe(1);
    const seen: Sequence[] = [];
    await PassPool.run([pool], async (sequences) => {
      seen.push(...sequences);
      return forward(sequences);
    });
    expect(seen.map(({ reads }) => reads.length)).toEqual([3]);
    expect(logprobs(pool, first)).toEqual([-6, -8]);
    expect(logprobs(pool, second)).toEqual([-8, -9]);
  });

  it('keeps inputs apart that differ in tokens or attention', () => {
    const pool = new PassPool();
    const read = { row: 0, target: 1 };
    pool.request(sequence([5, 6], read), 'full');
    pool.request(sequence([5, 7], read), 'full');
    pool.request(sequence([5, 6], read), 'causal');
    pool.request(sequence([5, 6, 7], read), 'full');
    expect(pool.size).toBe(4);
  });

  it('serves what has run without running it again, unless a read is new', async () => {
    const pool = new PassPool();
    let passes = 0;
    const counting: Forward = (sequences) => {
      passes += sequences.length;
      return forward(sequences);
    };
    pool.request(sequence([5, 6], { row: 0, target: 1 }, { row: 1, target: 4 }), 'full');
    await PassPool.run([pool], counting);
    const again = pool.request(sequence([5, 6], { row: 1, target: 4 }), 'full');
    await PassPool.run([pool], counting);
    expect(passes).toBe(1);
    expect(logprobs(pool, again)).toEqual([-10]);
    const more = pool.request(sequence([5, 6], { row: 1, target: 9 }), 'full');
    await PassPool.run([pool], counting);
    expect(passes).toBe(2);
    expect(logprobs(pool, more)).toEqual([-15]);
  });

  it('runs several pools in one forward', async () => {
    const pools = [new PassPool(), new PassPool()];
    const tickets = pools.map((pool, i) => pool.request(sequence([i, 9], { row: 0, target: 0 }), 'full'));
    const batches: number[] = [];
    await PassPool.run(pools, async (sequences) => {
      batches.push(sequences.length);
      return forward(sequences);
    });
    expect(batches).toEqual([2]);
    expect(pools.map((pool, i) => logprobs(pool, tickets[i] as (typeof tickets)[number]))).toEqual([[0], [-1]]);
  });

  it('has no readings before it has run', () => {
    const pool = new PassPool();
    const ticket = pool.request(sequence([5], { row: 0, target: 1 }), 'full');
    expect(() => pool.readings(ticket)).toThrow(TypeError);
    expect(() => pool.raw(ticket)).toThrow(TypeError);
  });
});
