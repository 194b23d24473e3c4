import { describe, expect, it } from 'vitest';
import { LEAST_PASSES, planMasks } from './mask-plan.ts';

const plans = [1, 2, 3, 4, 5, 6, 8, 13, 40].flatMap((length) =>
  [3, 4, 7, 15, 16, 31, 64].flatMap((passes) =>
    [0, 1, 2, 3, 4].map((seed) => ({ length, passes, seed, plan: planMasks(length, passes, seed, 'item') })),
  ),
);
const sampled = plans.filter(({ plan }) => plan.kind === 'sampled');

describe('a plan', () => {
  it('is exact where 2^L − 1 masks fit the passes, and only there', () => {
    for (const { length, passes, plan } of plans) {
      expect(plan.kind).toBe(2 ** length - 1 <= passes ? 'exact' : 'sampled');
      expect(plan.masks.length).toBeLessThanOrEqual(passes);
    }
  });

  it('masks at least one offset, each once, all inside the answer, in ascending order', () => {
    for (const { length, plan } of plans) {
      for (const mask of plan.masks) {
        expect(mask.length).toBeGreaterThan(0);
        expect(mask.every((offset, i) => offset >= 0 && offset < length && offset > (mask[i - 1] ?? -1))).toBe(true);
      }
    }
  });

  it('that is exact holds every non-empty subset once', () => {
    const { masks } = planMasks(4, 15, 0, 'item');
    expect(new Set(masks.map((mask) => mask.join()))).toHaveProperty('size', 15);
    expect(masks).toHaveLength(15);
  });

  it('that is sampled holds the full mask, then pairs whose counts lie in one stratum of 1 … L − 1', () => {
    for (const { length, passes, plan } of sampled) {
      const [full, ...draws] = plan.masks;
      expect(full).toEqual(Array.from({ length }, (_, i) => i));
      const strata = Math.floor((passes - 1) / 2);
      expect(draws).toHaveLength(2 * strata);
      draws.forEach((mask, draw) => {
        const stratum = Math.floor(draw / 2);
        expect(mask.length).toBeGreaterThanOrEqual(1 + Math.floor((stratum / strata) * (length - 1)));
        expect(mask.length).toBeLessThanOrEqual(Math.ceil(((stratum + 1) / strata) * (length - 1)));
      });
    }
  });

  it('needs three passes to sample, and one for a single token', () => {
    expect(() => planMasks(5, LEAST_PASSES - 1, 0, 'item')).toThrow('planMasks: 2 passes; a sampled bound needs 3');
    expect(planMasks(1, 1, 0, 'item')).toEqual({ kind: 'exact', masks: [[0]] });
  });

  it('can be sampled for answers longer than any enumeration', () => {
    const { kind, masks } = planMasks(2000, 7, 0, 'item');
    expect(kind).toBe('sampled');
    expect(masks.slice(1).every((mask) => mask.length < 2000)).toBe(true);
  });
});

it('draws every number of masks, and every offset, equally often', () => {
  const [length, seeds] = [6, 4000];
  const counts = new Array<number>(length).fill(0);
  const offsets = new Array<number>(length).fill(0);
  for (let seed = 0; seed < seeds; seed++) {
    for (const mask of planMasks(length, 9, seed, 'item').masks.slice(1)) {
      counts[mask.length - 1] = (counts[mask.length - 1] as number) + 1;
      for (const offset of mask) offsets[offset] = (offsets[offset] as number) + 1;
    }
  }
  const draws = 8 * seeds;
  // 32,000 draws, five counts: a share of 1/5 has a standard error of 0.0022, an offset's share of 1/2 one of 0.0028.
  const FOUR_STANDARD_ERRORS = 0.012;
  for (const count of counts.slice(0, -1)) expect(Math.abs(count / draws - 1 / 5)).toBeLessThan(FOUR_STANDARD_ERRORS);
  expect(counts.at(-1)).toBe(0);
  for (const count of offsets) expect(Math.abs(count / draws - 1 / 2)).toBeLessThan(FOUR_STANDARD_ERRORS);
});

describe('common random numbers', () => {
  it('the same name gives the same masks; another seed or question gives others', () => {
    const masks = (seed: number, key: string) => planMasks(9, 16, seed, key).masks;
    expect(masks(3, 'a')).toEqual(masks(3, 'a'));
    expect(masks(3, 'a')).not.toEqual(masks(4, 'a'));
    expect(masks(3, 'a')).not.toEqual(masks(3, 'b'));
  });

  it('a larger budget of passes only changes which strata there are, never the order in which offsets are masked', () => {
    const few = planMasks(12, 7, 1, 'item').masks.slice(1);
    const many = planMasks(12, 31, 1, 'item').masks.slice(1);
    few.forEach((mask, draw) => {
      const other = many[draw] as readonly number[];
      const [small, large] = mask.length < other.length ? [mask, other] : [other, mask];
      expect(small.every((offset) => large.includes(offset))).toBe(true);
    });
  });
});
