import { describe, expect, it } from 'vitest';
import { clusterRobustInterval } from './cluster-robust-interval.ts';
import { meanInterval } from './mean-interval.ts';
import { pairedDifference } from './paired-difference.ts';
import { PAIRED_INTERVALS, pairedInterval } from './paired-interval.ts';

const pairs = Array.from({ length: 60 }, (_, i) => ({
  id: `${i}`,
  value: Number(i % 3 > 0),
  reference: Number(i > 29),
}));
const differences = pairs.map(({ value, reference }) => value - reference);
const clusters = pairs.map((_, i) => `${Math.floor(i / 4)}`);
const ends = ({ low, high }: { low: number; high: number }) => [low, high];

describe('the interval of a paired difference', () => {
  it('is the one of pairedDifference unless another is asked for', () => {
    const column = (pick: 'value' | 'reference') => pairs.map((pair) => ({ id: pair.id, value: pair[pick] }));
    expect(pairedInterval(pairs, { interval: 'auto', unscored: 2 })).toEqual(
      pairedDifference(column('value'), column('reference'), 0.95, 2),
    );
  });

  it('is that of the differences, by the name asked for', () => {
    const t = pairedInterval(pairs, { interval: 't' });
    expect(t.method).toBe('paired difference, Student t');
    expect(ends(t)).toEqual(ends(meanInterval(differences)));
    const robust = pairedInterval(pairs, { interval: 'auto', clusters });
    expect(robust.method).toBe('paired difference, Student t over 15 clusters');
    expect(ends(robust)).toEqual(ends(clusterRobustInterval(differences, clusters)));
    const bca = pairedInterval(pairs, { interval: 'bca', clusters });
    expect(bca.method).toBe('paired difference, BCa bootstrap over clusters');
    expect(bca.low).toBeLessThan(bca.value);
  });

  it.each(PAIRED_INTERVALS)('is the same each time, and wider where items are copies of a few: %s', (interval) => {
    const alone = pairedInterval(pairs, { interval });
    expect(pairedInterval(pairs, { interval })).toEqual(alone);
    const copies = pairs.flatMap((pair) => Array.from({ length: 5 }, (_, i) => ({ ...pair, id: `${pair.id}/${i}` })));
    const together = pairedInterval(copies, { interval, clusters: copies.map(({ id }) => id.split('/')[0] as string) });
    const apart = pairedInterval(copies, { interval });
    const width = (estimate: { low: number; high: number }) => estimate.high - estimate.low;
    expect(width(together) / width(alone)).toBeCloseTo(1, 1);
    expect(width(apart)).toBeLessThan(0.6 * width(together));
  });
});
