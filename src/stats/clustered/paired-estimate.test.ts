import { expect, it } from 'vitest';
import { clusterLayout, independent } from './cluster-layout.ts';
import { pairedEstimate } from './paired-interval.ts';

const pairs = (values: readonly (readonly [number, number])[]) =>
  values.map(([value, reference], i) => ({ id: String(i), value, reference }));

it('names Tango for 0/1 values of independent items, a bounded or clustered difference for others', () => {
  const shares = pairs([
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
  ]);
  const bounded = { isBounded: true };
  expect(pairedEstimate(independent(4), shares, bounded).method).toBe('paired difference, Tango');
  expect(pairedEstimate(clusterLayout([1, 1, 2, 2]), shares, bounded).method).toBe(
    'paired difference, Wilson over 2 clusters',
  );
  expect(
    pairedEstimate(
      independent(2),
      pairs([
        [0.5, 1],
        [1, 1],
      ]),
      bounded,
    ).method,
  ).toBe('paired difference, bounded');
  const nats = pairedEstimate(
    independent(2),
    pairs([
      [3, 1],
      [2, 1],
    ]),
    { isBounded: false },
  );
  expect(nats).toMatchObject({ value: 1.5, method: 'paired difference, Student t' });
});
