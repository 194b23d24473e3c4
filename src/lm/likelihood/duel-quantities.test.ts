import { expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { PassPool } from '../forward/pass-pool.ts';
import type { Forward } from '../forward/sequence.ts';
import { duelQuantities } from './duel-quantities.ts';

const DENOISER = { maskId: 9, shift: false, openFraction: 1 };

/** Log-probabilities and certainties that depend on the input alone; counts what it is given. */
function countingNet() {
  const inputs: string[] = [];
  const forward: Forward = async (sequences) =>
    sequences.map(({ ids, reads }) => {
      inputs.push(ids.join());
      const draw = (what: string) =>
        Float32Array.from(reads, ({ row }) => -stream(1, what, ids.join(), row).uniform(0));
      const certainties = { confidences: draw('confidence'), entropies: draw('entropy'), margins: draw('margin') };
      return { logprobs: draw('logprob'), best: new Int32Array(reads.length), bestLogprobs: draw('best'), certainties };
    });
  return { inputs, forward };
}

const answer = (length: number) => ({
  lowered: { ids: Int32Array.from({ length }, (_, i) => i), scored: [...Array(length).keys()], crossing: false },
  key: 'item',
  pool: new PassPool(),
});

it('weighs one token a step and each T, and runs no pass twice', async () => {
  const { inputs, forward } = countingNet();
  const settings = { duel: ['duel:confidence', 'duel:left-to-right:block=2'], steps: [1, 2, 4, 32], seed: 0 };
  const [found] = await duelQuantities([answer(4)], settings, DENOISER, forward);
  const at = (name: string) => found?.get(name as 'nelbo') as number;
  expect([...(found?.keys() ?? [])].sort()).toEqual(
    settings.duel.flatMap((name) => [name, ...[1, 2, 32, 4].map((T) => `${name}@${T}`)]),
  );
  for (const T of [4, 32]) expect(at(`duel:confidence@${T}`)).toBe(at('duel:confidence'));
  expect(at('duel:confidence@1')).not.toBe(at('duel:confidence'));
  // One step for all is no choice of the rule; in blocks of two it takes two steps.
  expect(at('duel:left-to-right:block=2@1')).toBe(at('duel:left-to-right:block=2@2'));
  expect(new Set(inputs).size).toBe(inputs.length);
});

it('takes of random orders the most likely, the same orders for every answer of a question', async () => {
  const { forward } = countingNet();
  const of = async (count: number) => {
    const settings = { duel: [`duel:best-of-${count}`], steps: [8], seed: 0 };
    const found = await duelQuantities([answer(4), answer(4)], settings, DENOISER, forward);
    expect(found[0]).toEqual(found[1]);
    expect([...(found[0]?.keys() ?? [])]).toEqual([`duel:best-of-${count}`]);
    return found[0]?.get(`duel:best-of-${count}`) as number;
  };
  const best = [await of(1), await of(4), await of(64)];
  expect(best).toEqual(best.toSorted((a, b) => b - a));
  expect(best[2]).toBeLessThan(best[0] as number);
});

it('asks nothing where no sampler is named', async () => {
  const { inputs, forward } = countingNet();
  expect(await duelQuantities([answer(3)], { steps: [1], seed: 0 }, DENOISER, forward)).toEqual([new Map()]);
  expect(inputs).toEqual([]);
});
