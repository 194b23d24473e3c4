import { describe, expect, it } from 'vitest';
import { DUEL_ORDERS, type DuelMeasure, type DuelRule, duelSteps, paceOver } from '../../core/duel-rule.ts';
import { stream } from '../../core/numbers/random.ts';
import { PassPool } from '../forward/pass-pool.ts';
import type { Forward, Sequence } from '../forward/sequence.ts';
import { duel, duelSum } from './duel.ts';

const MASK = 9;
const DENOISER = { maskId: MASK, shift: false, openFraction: 1 };

/** A net of certainties and log-probabilities that a test writes down, by row; the target of a read is its second argument. */
function net(
  sureness: (input: Sequence, row: number) => Record<DuelMeasure, number>,
  logprob: (input: Sequence, row: number, target: number) => number,
): Forward {
  return async (sequences) =>
    sequences.map((input) => {
      const certainties = input.reads.map(({ row }) => sureness(input, row));
      const floats = (values: readonly number[]) => Float32Array.from(values);
      return {
        logprobs: floats(input.reads.map(({ row, target }) => logprob(input, row, target))),
        best: new Int32Array(input.reads.length),
        bestLogprobs: new Float32Array(input.reads.length),
        certainties: {
          confidences: floats(certainties.map(({ confidence }) => confidence)),
          entropies: floats(certainties.map(({ entropy }) => entropy)),
          margins: floats(certainties.map(({ margin }) => margin)),
        },
      };
    });
}

async function outcomeOf(forward: Forward, answer: readonly number[], rule: DuelRule) {
  const scored = answer.map((_, position) => position);
  const job = { lowered: { ids: Int32Array.from(answer), scored, crossing: false }, scorable: scored, rule, key: '' };
  const [outcome] = await duel([{ ...job, pool: new PassPool() }], DENOISER, 0, forward);
  return outcome as NonNullable<typeof outcome>;
}

const perStep = (count: number) => ({ perStep: count });

describe('a rule', () => {
  const SURENESS: readonly Record<DuelMeasure, number>[] = [
    { confidence: -3, entropy: 1, margin: 0.2 },
    { confidence: -1, entropy: 3, margin: 0.1 },
    { confidence: -2, entropy: 2, margin: 0.4 },
    { confidence: -1, entropy: 4, margin: 0.2 },
  ];
  const table = net(
    (_input, row) => SURENESS[row] as Record<DuelMeasure, number>,
    (_input, _row, target) => -target,
  );
  const answer = [1, 2, 3, 4];
  const orderOf = async (rule: DuelRule) => (await outcomeOf(table, answer, rule)).order;

  it.each([
    ['confidence', [1, 3, 2, 0]],
    ['entropy', [0, 2, 1, 3]],
    ['margin', [2, 0, 3, 1]],
    ['left-to-right', [0, 1, 2, 3]],
  ] as const)('by %s takes the surest first, of equal ones the lowest position', async (order, expected) => {
    expect(await orderOf({ order, block: null, pace: perStep(1) })).toEqual(expected);
    expect(await orderOf({ order, block: null, pace: perStep(9) })).toEqual(expected);
  });

  it('by blocks ends one before it begins the next, from the start of the answer', async () => {
    const inPairs = { order: 'confidence', block: 2, pace: perStep(1) } as const;
    expect(await orderOf(inPairs)).toEqual([1, 0, 3, 2]);
    expect(await outcomeOf(table, answer, { ...inPairs, pace: perStep(3) })).toMatchObject({
      order: [1, 0, 3, 2],
      nfe: 2,
    });
  });

  it('over a number of steps spreads the tokens evenly, the remainder in the first ones', async () => {
    const seven = net(
      () => ({ confidence: -1, entropy: 1, margin: 0 }),
      (input) => input.reads.length,
    );
    const masked = async (steps: number) => {
      const rule = { order: 'left-to-right', block: null, pace: { steps } } as const;
      return (await outcomeOf(seven, [1, 2, 3, 4, 5, 6, 7], rule)).logprobs;
    };
    // Each log-probability is the number of tokens that were masked when it was read.
    expect(await masked(4)).toEqual([7, 7, 5, 5, 3, 3, 1]);
    expect(await masked(3)).toEqual([7, 7, 7, 4, 4, 2, 2]);
    expect(await masked(50)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });
});

it('takes as many passes as are foretold, in blocks and without', async () => {
  const level = net(
    () => ({ confidence: -1, entropy: 1, margin: 0 }),
    () => -1,
  );
  for (const block of [null, 1, 3, 4, 9]) {
    for (const length of [1, 4, 7]) {
      for (const pace of [
        perStep(1),
        perStep(2),
        ...[1, 2, 3, 9].map((T) => paceOver(T, { order: 'margin', block }, length)),
      ]) {
        const rule = { order: 'margin', block, pace } as const;
        const answer = Array.from({ length }, (_, i) => i);
        expect(duelSteps(rule, length)).toBe((await outcomeOf(level, answer, rule)).nfe);
      }
    }
  }
});

it('reveals the truth, though it is the mask token itself, and scores all of a step in one pass', async () => {
  const seen: string[] = [];
  const spy = net(
    () => ({ confidence: -1, entropy: 1, margin: 0 }),
    ({ ids }) => {
      seen.push(ids.join());
      return -1;
    },
  );
  const found = await outcomeOf(spy, [5, MASK, 6], { order: 'confidence', block: null, pace: perStep(1) });
  expect(found.order).toEqual([0, 1, 2]);
  expect(duelSum(found)).toBe(-3);
  expect([...new Set(seen)]).toEqual(['9,9,9', '5,9,9']); // the second pass and the third read the same input
  expect(found.nfe).toBe(3);
});

/** Conditionals and certainties that look at the revealed tokens alone, as a net does. */
const toy = net(
  ({ ids }, row) => {
    const random = stream(5, 'sure', ids.join(), row);
    return { confidence: -random.uniform(0), entropy: random.uniform(1), margin: random.uniform(2) };
  },
  ({ ids }, row, target) => {
    const first = stream(5, 'token', ids.join(), row).uniform(0);
    return Math.log(target === 0 ? first : 1 - first);
  },
);

it.each(DUEL_ORDERS.flatMap((order) => [1, 2].map((count) => ({ order, count }))))(
  'is a distribution over all answers: $order, $count a step',
  async ({ order, count }) => {
    let total = 0;
    for (let n = 0; n < 16; n++) {
      const answer = [n & 1, (n >> 1) & 1, (n >> 2) & 1, n >> 3];
      total += Math.exp(duelSum(await outcomeOf(toy, answer, { order, block: null, pace: perStep(count) })));
    }
    expect(total).toBeCloseTo(1, 6); // float32 log-probabilities
  },
);

it('asks for no certainty that the net was not opened for', async () => {
  const plain: Forward = async (sequences) =>
    sequences.map(({ reads: { length } }) => {
      return {
        logprobs: new Float32Array(length),
        best: new Int32Array(length),
        bestLogprobs: new Float32Array(length),
      };
    });
  const rule = { block: null, pace: perStep(1) };
  expect((await outcomeOf(plain, [1, 2], { ...rule, order: 'left-to-right' })).order).toEqual([0, 1]);
  await expect(outcomeOf(plain, [1, 2], { ...rule, order: 'margin' })).rejects.toThrow('not opened');
});
