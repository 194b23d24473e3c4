import { describe, expect, it } from 'vitest';
import { independent, layoutOf } from './cluster-layout.ts';
import { clusteredMeanInterval, meanInterval } from './estimate-items.ts';
import { PAIRED_INTERVALS, pairedEstimate, pairedInterval } from './paired-interval.ts';

const isBounded = true;
const pairs = Array.from({ length: 60 }, (_, i) => ({
  id: `${i}`,
  value: Number(i % 3 > 0),
  reference: Number(i > 29),
  cluster: `${Math.floor(i / 4)}`,
}));
const [alone, together] = [independent(60), layoutOf(pairs)];
const differences = pairs.map(({ value, reference }) => value - reference);
const ends = ({ low, high }: { low: number; high: number }) => [low, high];

describe('the interval of a paired difference', () => {
  it('is the one of pairedEstimate unless another is asked for', () => {
    for (const layout of [alone, together]) {
      expect(pairedInterval(layout, pairs, { interval: 'auto', isBounded, unscored: 2 })).toEqual(
        pairedEstimate(layout, pairs, { isBounded, unscored: 2 }),
      );
    }
  });

  it('is that of the differences, by the name asked for', () => {
    const t = pairedInterval(alone, pairs, { interval: 't', isBounded });
    expect(t.method).toBe('paired difference, Student t');
    expect(ends(t)).toEqual(ends(meanInterval(differences)));
    const robust = pairedInterval(together, pairs, { interval: 't', isBounded });
    expect(robust.method).toBe('paired difference, Student t over 15 clusters');
    expect(ends(robust)).toEqual(ends(clusteredMeanInterval(together, differences)));
    const bca = pairedInterval(together, pairs, { interval: 'bca', isBounded });
    expect(bca.method).toBe('paired difference, BCa bootstrap over clusters');
    expect(bca).toMatchObject({ n: 60, clusters: 15 });
    expect(bca.low).toBeLessThan(bca.value);
  });

  it.each(PAIRED_INTERVALS)('is the same each time, and wider where items are copies of a few: %s', (interval) => {
    const once = pairedInterval(alone, pairs, { interval, isBounded });
    expect(pairedInterval(alone, pairs, { interval, isBounded })).toEqual(once);
    const copies = pairs.flatMap((pair) => Array.from({ length: 5 }, (_, i) => ({ ...pair, id: `${pair.id}/${i}` })));
    const named = copies.map((pair) => ({ ...pair, cluster: pair.id.split('/')[0] as string }));
    const whole = pairedInterval(layoutOf(named), copies, { interval, isBounded });
    const apart = pairedInterval(independent(copies.length), copies, { interval, isBounded });
    const width = (estimate: { low: number; high: number }) => estimate.high - estimate.low;
    expect(width(whole) / width(once)).toBeCloseTo(1, 1);
    expect(width(apart)).toBeLessThan(0.6 * width(whole));
  });
});
