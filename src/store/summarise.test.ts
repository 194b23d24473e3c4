import { expect, it } from 'vitest';
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import { summarise } from './summarise.ts';

// The rest of a manifest only enters the run id.
const manifest = { format: 'bench-run/1', dataset: { rows: 4 }, limit: null } as RunManifest;

const scoredItem = (index: number, values: Record<string, number>, undecided = false): ItemRecord => ({
  id: `row-${index}`,
  index,
  score: { kind: 'scored', values, answer: 0, gold: 0, undecided },
  response: { kind: 'answered', views: {}, nfe: 5 },
});
const failure: ItemRecord = {
  id: 'row-3',
  index: 3,
  score: { kind: 'unscored', code: 'context-overflow', reason: 'too long' },
  response: { kind: 'unanswered', code: 'context-overflow', reason: 'too long' },
};
const records = [
  scoredItem(0, { acc: 1, nats: 2 }),
  scoredItem(1, { acc: 0 }, true),
  scoredItem(2, { acc: 1, nats: 4 }),
];

it('takes each metric over the items that have it, and leaves failures out', () => {
  const { metrics, ...rest } = summarise(manifest, [...records, failure]);
  expect(metrics.acc).toMatchObject({ value: 2 / 3, n: 3, unscored: 1 });
  expect(metrics.nats).toMatchObject({ value: 3, n: 2, unscored: 1 });
  expect(rest).toMatchObject({ complete: true, items: 4, unscored: { 'context-overflow': 1 }, undecided: 1, nfe: 15 });
});

it('does not depend on the order of the records', () => {
  const forwards = summarise(manifest, [...records, failure]);
  expect(JSON.stringify(summarise(manifest, [failure, ...records.toReversed()]))).toBe(JSON.stringify(forwards));
});

it('keeps shares within 0 and 1, pass@k rising with k, and counts clusters', () => {
  const inPairs = Array.from({ length: 12 }, (_, i) => ({
    ...scoredItem(i, { invalidSteps: i === 0 ? 0.25 : 0, 'pass@1': i === 0 ? 0.9 : 1, 'pass@2': 1 }),
    cluster: `problem/${i >> 1}`,
  }));
  const { metrics } = summarise(manifest, inPairs);
  for (const { low, high, n, clusters } of Object.values(metrics)) {
    expect([low >= 0, high <= 1, n, clusters]).toEqual([true, true, 12, 6]);
  }
  expect(metrics['pass@2']?.low).toBeGreaterThanOrEqual(metrics['pass@1']?.low ?? 1);
  expect(metrics['pass@2']?.high).toBeGreaterThanOrEqual(metrics['pass@1']?.high ?? 1);
});

it('has no metrics when nothing could be scored', () => {
  expect(summarise(manifest, [failure])).toMatchObject({ metrics: {}, complete: false, items: 1, expectedItems: 4 });
});
