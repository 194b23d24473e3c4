import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { PassPool } from '../forward/pass-pool.ts';
import type { Forward } from '../forward/sequence.ts';
import { exactLikelihoods } from './exact-likelihood.ts';
import { planTube, scoreTube } from './tube.ts';

const DENOISER = { maskId: 9, shift: false, openFraction: 1 };
const LENGTH = 4;
const ANSWER = {
  lowered: { ids: Int32Array.from({ length: LENGTH }, (_, i) => i), scored: [0, 1, 2, 3], crossing: false },
  scorable: [0, 1, 2, 3],
};
/** A seeded test either passes always or never; a fair estimator misses by this much once in 16,000 numbers. */
const STANDARD_ERRORS = 4;

/** Probability of the true token at a position, given which are masked. */
const chance = (masked: readonly number[], position: number) =>
  0.05 + 0.9 * stream(2, 'chance', masked.join(), position).uniform(0);
const maskedIn = (ids: Int32Array) => [...ids.keys()].filter((position) => ids[position] === DENOISER.maskId);

let passes = 0;
const forward: Forward = async (sequences) =>
  sequences.map(({ ids, reads }) => {
    passes += 1;
    const logprobs = Float32Array.from(reads, ({ row }) => Math.log(chance(maskedIn(ids), row)));
    return { logprobs, best: new Int32Array(reads.length), bestLogprobs: new Float32Array(reads.length) };
  });

async function tubeOf(orders: number, seed: number) {
  const pool = new PassPool();
  const plan = planTube(ANSWER, orders, 'item', DENOISER, seed, pool);
  await PassPool.run([pool], forward);
  return scoreTube(plan, pool);
}

const exact = exactLikelihoods((bits) => {
  const masked = [0, 1, 2, 3].filter((position) => (bits >> position) & 1);
  return masked.map((position) => Math.log(chance(masked, position)));
}, LENGTH).marginal;

it('lies, on average over seeds, below the negative log-likelihood, close where orders are many', async () => {
  for (const [orders, slack] of [
    [4, 1],
    [64, 0.4],
  ] as const) {
    const found = await Promise.all(Array.from({ length: 400 }, (_, seed) => tubeOf(orders, seed)));
    const values = found.map(({ value }) => value);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    const noise = STANDARD_ERRORS * Math.sqrt(variance / values.length);
    expect(mean - noise).toBeLessThan(exact);
    expect(mean).toBeGreaterThan(exact - slack);
  }
});

it('shares the passes of orders that mask alike, and draws the same orders for the same question', async () => {
  passes = 0;
  const first = await tubeOf(64, 1);
  expect(passes).toBeLessThanOrEqual(2 ** LENGTH - 1);
  expect(await tubeOf(64, 1)).toEqual(first);
  expect(await tubeOf(64, 2)).not.toEqual(first);
});

it('is exact where all orders are equally likely', async () => {
  const level: Forward = async (sequences) =>
    sequences.map(({ reads: { length } }) => {
      return {
        logprobs: new Float32Array(length).fill(-2),
        best: new Int32Array(length),
        bestLogprobs: new Float32Array(length),
      };
    });
  const pool = new PassPool();
  const plan = planTube(ANSWER, 4, 'item', DENOISER, 0, pool);
  await PassPool.run([pool], level);
  expect(scoreTube(plan, pool)).toEqual({ value: 8, stderr: 0 });
});
