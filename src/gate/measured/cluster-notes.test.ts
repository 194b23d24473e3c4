import { expect, it } from 'vitest';
import { scriptedMeasured } from '../../../test/scripted/scripted-measured.ts';
import { clusterNotes, clustersOfPair } from './match-runs.ts';
import type { Measured } from './measured.ts';

const alone = scriptedMeasured({ values: { acc: [1, 0] } });
const named = scriptedMeasured({ values: { acc: [1, 0] }, clusters: ['a', 'a'] });
const unknown: Measured = { ...alone, clusters: 'independent' };
const pair = (reference: Measured, candidate: Measured) => ({ reference, candidate });

it('takes the names of the side that has them, the candidate first', () => {
  expect(clustersOfPair(pair(unknown, named))).toBe('stored');
  expect(clustersOfPair(pair({ ...named, clusters: 'rows' }, unknown))).toBe('rows');
  expect(clustersOfPair(pair({ ...named, clusters: 'rows' }, named))).toBe('stored');
  expect(clustersOfPair(pair(unknown, unknown))).toBe('independent');
  expect(clustersOfPair(pair(unknown, alone))).toBe('alone');
  expect(clustersOfPair(pair(alone, unknown))).toBe('alone');
});

it('says once a task what a reader must know', () => {
  expect(clusterNotes([pair(named, named), pair(alone, alone)])).toEqual([]);
  const [note, ...more] = clusterNotes([pair(unknown, unknown), pair(unknown, unknown)]);
  expect(note).toMatch(/^piqa: items are taken as independent, for nothing stored says which belong together/);
  expect(more).toEqual([]);
});
