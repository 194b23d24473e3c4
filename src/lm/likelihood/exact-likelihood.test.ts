import { describe, expect, it } from 'vitest';
import { stream } from '../../core/numbers/random.ts';
import { type CrossEntropies, combine, estimate, nelboCoefficients, stepNelboCoefficients } from './elbo.ts';
import { exactLikelihoods } from './exact-likelihood.ts';

/** Written with nine decimals. */
const WRITTEN = 1e-9;
/** Thousands of float64 terms. */
const TOLERANCE = 1e-12;

/** Probabilities of the true tokens of each set of masked positions, ascending. */
type Table = ReadonlyMap<number, readonly number[]>;

const positionsOf = (masked: number): number[] => [...Array(31).keys()].filter((i) => (masked >> i) & 1);
const probability = (table: Table, masked: number, position: number): number =>
  table.get(masked)?.[positionsOf(masked).indexOf(position)] as number;

function exactOf(table: Table, length: number) {
  return exactLikelihoods((masked) => (table.get(masked) ?? []).map(Math.log), length);
}

/** As the passes of `planMasks` give them. */
function crossEntropiesOf(table: Table, length: number): CrossEntropies {
  const means = [...table].map(([masked, p]) => ({
    k: positionsOf(masked).length,
    ce: mean(p.map((x) => -Math.log(x))),
  }));
  const e = Array.from({ length }, (_, i) => mean(means.filter(({ k }) => k === i + 1).map(({ ce }) => ce)));
  return { kind: 'exact', length, e };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function randomTable(length: number, seed: number): Table {
  const random = stream(seed, 'table', length);
  const entries = Array.from({ length: 2 ** length - 1 }, (_, i) => {
    const masked = i + 1;
    return [
      masked,
      positionsOf(masked).map((position) => 0.01 + 0.98 * random.uniform(masked * 8 + position)),
    ] as const;
  });
  return new Map(entries);
}

// ../shared/protocol-2.md, section 20. Keys are bits: position 0 is 1, position 1 is 2, position 2 is 4.
const VECTOR: Table = new Map([
  [0b111, [0.2, 0.05, 0.4]],
  [0b011, [0.3, 0.1]],
  [0b101, [0.25, 0.6]],
  [0b110, [0.15, 0.55]],
  [0b001, [0.5]],
  [0b010, [0.35]],
  [0b100, [0.7]],
]);

describe('the worked example', () => {
  it('has the marginal, the bound and its cross-entropies as written', () => {
    const values = crossEntropiesOf(VECTOR, 3);
    expect(exactOf(VECTOR, 3).marginal).toBeCloseTo(3.721058352, 9);
    expect(Math.exp(-exactOf(VECTOR, 3).marginal)).toBeCloseTo(0.024208333, 9);
    expect(estimate(combine(values, nelboCoefficients)).value).toBeCloseTo(3.856807534, 9);
    expect(values.kind === 'exact' && values.e).toEqual(
      [0.699881416, 1.316439145, 1.840486973].map((e) => expect.closeTo(e, 9)),
    );
  });

  it.each([
    [1, 5.521460918, 5.521460918],
    [2, 4.498560451, 4.700697963], // in rational arithmetic 4.498560450930
    [3, 4.211502793, 4.421970872],
    [8, 3.89325492, 4.069948342],
    [32, 3.762910807, 3.910228248],
  ])('has likelihood and bound of the chain of %i steps as written', (T, likelihood, bound) => {
    expect(Math.abs(exactOf(VECTOR, 3).ofSteps(T) - likelihood)).toBeLessThan(WRITTEN);
    const found = estimate(combine(crossEntropiesOf(VECTOR, 3), stepNelboCoefficients(T))).value;
    expect(Math.abs(found - bound)).toBeLessThan(WRITTEN);
  });
});

describe('against brute force', () => {
  const cases = [1, 2, 3, 4, 5].map((length) => ({ length, table: randomTable(length, 7) }));

  it.each(cases)('L = $length: the marginal is the mean over all orders', ({ length, table }) => {
    const products = orders(length).map((order) =>
      productOf(
        order.map((position) => [position]),
        table,
        length,
      ),
    );
    expect(exactOf(table, length).marginal).toBeCloseTo(-Math.log(mean(products)), 11);
  });

  it.each(cases)('L = $length: the chain is the sum over all its paths', ({ length, table }) => {
    for (const T of [1, 2, 3, 4, 7]) {
      expect(Math.abs(exactOf(table, length).ofSteps(T) + Math.log(chainByPaths(table, length, T)))).toBeLessThan(
        TOLERANCE,
      );
    }
  });

  it.each(cases)(
    'L = $length: more steps come to the marginal, and no bound is below its value',
    ({ length, table }) => {
      const exact = exactOf(table, length);
      const values = crossEntropiesOf(table, length);
      expect(exact.ofSteps(1e7)).toBeCloseTo(exact.marginal, 5);
      expect(estimate(combine(values, nelboCoefficients)).value).toBeGreaterThanOrEqual(exact.marginal - TOLERANCE);
      for (const T of [1, 2, 8, 32]) {
        const bound = estimate(combine(values, stepNelboCoefficients(T))).value;
        expect(bound).toBeGreaterThanOrEqual(exact.ofSteps(T) - TOLERANCE);
        if (T === 1) expect(bound).toBeCloseTo(exact.ofSteps(1), 11);
      }
    },
  );
});

it('is a distribution: over all answers of an alphabet the likelihoods add to one', () => {
  const length = 3;
  const alphabet = 2;
  // Any rule for the conditional will do, as long as it looks at the revealed tokens alone.
  const chance = (answer: readonly number[], masked: number, position: number): number => {
    const seen = answer.map((token, i) => ((masked >> i) & 1 ? 'm' : token)).join('');
    const first = stream(3, seen, position).uniform(0);
    return answer[position] === 0 ? first : 1 - first;
  };
  const answers = Array.from({ length: alphabet ** length }, (_, n) => [n & 1, (n >> 1) & 1, (n >> 2) & 1]);
  const exact = answers.map((answer) =>
    exactLikelihoods((masked) => positionsOf(masked).map((i) => Math.log(chance(answer, masked, i))), length),
  );
  const total = (values: readonly number[]) => values.reduce((sum, nats) => sum + Math.exp(-nats), 0);
  expect(total(exact.map(({ marginal }) => marginal))).toBeCloseTo(1, 12);
  for (const T of [1, 2, 5, 1000]) expect(total(exact.map(({ ofSteps }) => ofSteps(T)))).toBeCloseTo(1, 11);
});

it('keeps likelihoods that are far below the smallest float', () => {
  const steep = exactLikelihoods((masked) => positionsOf(masked).map(() => -400), 4);
  expect(steep.marginal).toBeCloseTo(1600, 9);
  expect(steep.ofSteps(8)).toBeCloseTo(1600, 9);
});

function orders(length: number): number[][] {
  if (length === 0) return [[]];
  return orders(length - 1).flatMap((order) =>
    Array.from({ length }, (_, at) => [...order.slice(0, at), length - 1, ...order.slice(at)]),
  );
}

/** Product of the probabilities of what each group reveals, from all positions masked. */
function productOf(groups: readonly (readonly number[])[], table: Table, length: number): number {
  let masked = 2 ** length - 1;
  let product = 1;
  for (const group of groups) {
    for (const position of group) product *= probability(table, masked, position);
    for (const position of group) masked ^= 1 << position;
  }
  return product;
}

/** Every choice, at every step t = T … 1, of which masked tokens are revealed: each with probability 1/t. */
function chainByPaths(table: Table, length: number, T: number): number {
  const from = (masked: number, t: number): number => {
    if (t === 0) return masked === 0 ? 1 : 0;
    let sum = 0;
    for (let kept = masked; ; kept = (kept - 1) & masked) {
      const revealed = positionsOf(masked ^ kept);
      const chance = (1 / t) ** revealed.length * (1 - 1 / t) ** positionsOf(kept).length;
      const tokens = revealed.reduce((product, i) => product * probability(table, masked, i), 1);
      if (chance > 0) sum += chance * tokens * from(kept, t - 1);
      if (kept === 0) return sum;
    }
  };
  return from(2 ** length - 1, T);
}
