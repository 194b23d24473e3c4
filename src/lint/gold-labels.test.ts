import { expect, it } from 'vitest';
import { stream } from '../core/numbers/random.ts';
import type { Example } from '../core/question.ts';
import { bothFamilies, choose, fill } from '../core/wording.ts';
import { checkGoldLabels } from './gold-labels.ts';

const labelled = (labels: readonly number[], choices: number): Example[] =>
  labels.map((gold, index) => ({
    id: `row-${index}`,
    index,
    question: choose(
      Array.from({ length: choices }, (_, i) => String(i)),
      gold,
      bothFamilies(),
    ),
  }));
const state = (labels: readonly number[], choices: number) => checkGoldLabels(labelled(labels, choices)).state;

it('finds a label that is always the same', () => {
  expect(state(new Array(9).fill(0), 2)).toBe('warning');
  expect(state(new Array(5).fill(3), 4)).toBe('warning');
});

it('finds labels far from even', () => {
  expect(state([...new Array(900).fill(0), ...new Array(600).fill(1)], 2)).toBe('warning');
});

it('finds a label that names no choice, as one read from 1 instead of 0', () => {
  const [first, ...others] = labelled([2, 1, 1], 2);
  expect(checkGoldLabels([first as Example, ...others])).toMatchObject({
    state: 'error',
    code: 'bad-dataset',
    ids: ['row-0'],
  });
});

it('leaves few labels and fair ones alone', () => {
  expect(state([0, 0, 0], 2)).toBe('ok');
  for (let seed = 0; seed < 50; seed++) {
    const random = stream(seed, 'labels');
    const labels = Array.from({ length: 400 }, (_, i) => Math.floor(random.uniform(i) * 4));
    expect(state(labels, 4)).toBe('ok');
  }
  expect(checkGoldLabels([{ id: 'a', index: 0, question: fill('word', bothFamilies()) }]).state).toBe('skipped');
});
