/** Enumeration against its definitions: the average over all orders of revealing an answer, and the chain of T steps. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { type OpenNet, openNet } from '../../src/lm/forward/forward.ts';
import { answerDirectly, type DirectModel } from '../../src/lm/requests/direct-requests.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';

/** Both sides read the same float32 log-probabilities; only the order of summation differs. */
const TOLERANCE = 1e-9;
const CONTEXT = [260, 17, 93];
const ANSWER = [141, 55, 301, 9];

describe.each([
  { name: 'diffugpt-tiny', maskId: 384 },
  { name: 'diffullama-tiny', maskId: 211 },
])('$name', ({ name, maskId }) => {
  let net: OpenNet;
  let model: DirectModel;
  beforeAll(async () => {
    net = await openNet(await openGolden(name), await onnxEngine({ threads: 1 }));
    model = { forward: net.forward, denoiser: { maskId, shift: true, openFraction: 1 }, passes: 15, seed: 0 };
  });
  afterAll(() => net.dispose());

  it.each([1, 2, 3, 4])(
    'NELBO of %i tokens is the mean, over all orders, of the cost of revealing one by one',
    async (L) => {
      const all = orders(Array.from({ length: L }, (_, i) => CONTEXT.length + i));
      // At each state of each order: everything not yet revealed is masked, and the next token is asked for.
      const states = all.flatMap((order) => order.map((next, done) => ({ next, masked: order.slice(done) })));
      const costs = await maskedCosts(
        L,
        states.map(({ masked }) => masked),
      );
      const sum = states.reduce((total, { next }, s) => total + (costs[s]?.[next] as number), 0);
      const bound = await enumerated(L);
      expect(bound.exact).toBe(true);
      expect(Math.abs(bound.nelbo - sum / all.length)).toBeLessThan(TOLERANCE);
    },
  );

  it.each([1, 2, 5])(
    'NELBO_T and the official score for T = %i are sums over all masks of their chances',
    async (T) => {
      const [L, from] = [3, CONTEXT.length];
      const masks = Array.from({ length: 2 ** L - 1 }, (_, m) => [0, 1, 2].filter((i) => ((m + 1) >> i) & 1));
      const costs = await maskedCosts(
        L,
        masks.map((mask) => mask.map((i) => from + i)),
      );
      let nelbo = 0;
      let official = 0;
      for (let t = 1; t <= T; t++) {
        masks.forEach((mask, m) => {
          const chance = (t / T) ** mask.length * (1 - t / T) ** (L - mask.length);
          const cost = Object.values(costs[m] ?? {}).reduce((sum, value) => sum + value, 0);
          nelbo += (chance * cost) / t;
          official += (chance * cost) / mask.length / T;
        });
      }
      const bound = await enumerated(L);
      expect(Math.abs((bound.nelbo_T[T] as number) - nelbo)).toBeLessThan(TOLERANCE);
      expect(Math.abs((bound.official_T[T] as number) - official)).toBeLessThan(TOLERANCE);
    },
  );

  const idsOf = (length: number) => Int32Array.of(...CONTEXT, ...ANSWER.slice(0, length));

  async function maskedCosts(length: number, masks: readonly (readonly number[])[]): Promise<Record<string, number>[]> {
    const ids = idsOf(length);
    const answers = await answerDirectly(
      masks.map((mask) => ({ kind: 'masked', ids, mask, attention: 1, key: '' })),
      model,
    );
    return answers.map((answer) => {
      if (!('tokens' in answer)) throw new TypeError('masked tokens were asked for');
      return Object.fromEntries(Object.entries(answer.tokens).map(([position, nats]) => [position, -Number(nats)]));
    });
  }

  async function enumerated(length: number) {
    const lowered = {
      ids: idsOf(length),
      scored: ANSWER.slice(0, length).map((_, i) => CONTEXT.length + i),
      crossing: false,
    };
    const [bound] = await answerDirectly([{ kind: 'denoising', lowered, steps: [1, 2, 5], key: '' }], model);
    if (bound === undefined || !('nelbo' in bound)) throw new TypeError('a bound was asked for');
    return bound;
  }
});

function orders(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) => orders(items.filter((item) => item !== first)).map((rest) => [first, ...rest]));
}
