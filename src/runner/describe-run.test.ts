import { expect, it } from 'vitest';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import type { Question } from '../core/question.ts';
import { digestOf } from '../core/text/digest.ts';
import { runId } from '../store/run-folder.ts';
import { describeRun, examplesOf } from './plan.ts';

const rows = ['a', 'b', 'c'];
const { model, settings } = scriptedRun({ rows: 1 }).manifest;
const description = { task: { name: 'letters', version: 3 }, source: { name: 'fixture', variant: 'short' }, rows };
const describe = (limit: number | null) => describeRun({ ...description, limit, model, settings });

const question: Question = { kind: 'fill', answers: ['x'], gold: 0, views: { autoregressive: [], diffusion: [] } };
const task = {
  name: 'letters',
  id: (row: string, index: number) => `${row}${index}`,
  protocols: { canonical: { question: () => question, headline: { autoregressive: 'sum', diffusion: 'sum' } } },
} as const;

it('identifies the data by all rows, whatever the limit', () => {
  expect(describe(2)).toMatchObject({
    task: { name: 'letters', version: 3 },
    dataset: { source: 'fixture', digest: digestOf(rows), rows: 3, variant: 'short' },
    limit: 2,
  });
});

it('gives a limit that leaves nothing out the identity of no limit', () => {
  expect(runId(describe(3))).toBe(runId(describe(null)));
  expect(runId(describe(2))).not.toBe(runId(describe(null)));
});

it('asks the first rows in data-set order', () => {
  const examples = examplesOf(task, 'canonical', rows, 2);
  expect(examples.map(({ id, index }) => [id, index])).toEqual([
    ['a0', 0],
    ['b1', 1],
  ]);
});

it('names clusters by all rows: long texts by a digest, and an item that stands alone by its id', () => {
  const passage = 'x'.repeat(33);
  const cluster = (row: string, index: number, all: readonly string[]) =>
    row === 'c' ? null : row === all[index + 1] ? 'pair' : passage;
  const names = examplesOf({ ...task, cluster }, 'canonical', ['a', 'b', 'c', 'd', 'd'], 4).map((each) => each.cluster);
  // printf 'x%.0s' $(seq 33) | sha256sum
  expect(names).toEqual(['11ba55a3a7c1', '11ba55a3a7c1', 'c2', 'pair']);
  expect(examplesOf(task, 'canonical', rows, 1)).toEqual([{ id: 'a0', index: 0, question }]);
});

it('leaves what only names clusters out of the digest of the data', () => {
  const digest = (all: readonly object[], undigested?: readonly string[]) =>
    describeRun({
      ...description,
      rows: all,
      task: { ...description.task, ...(undigested === undefined ? {} : { undigested }) },
      ...{ limit: null, model, settings },
    }).dataset.digest;
  expect(digest([{ a: 1, from: 'x' }, { a: 2 }], ['from'])).toBe(digest([{ a: 1 }, { a: 2 }]));
  expect(digest([{ a: 1, from: 'x' }, { a: 2 }])).not.toBe(digest([{ a: 1 }, { a: 2 }]));
});

it('refuses a protocol that the task does not have, and names those it has', () => {
  expect(() => examplesOf(task, 'paper', rows, null)).toThrow('task letters has no protocol paper; it has canonical');
});
