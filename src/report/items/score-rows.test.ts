import { expect, it } from 'vitest';
import type { SampleQuestion, SampleView } from './sample-data.ts';
import { scoreColumns } from './score-rows.ts';

const view: SampleView = {
  name: 'default',
  tokens: [2, 4],
  exact: false,
  crossing: false,
  greedy: [null, null],
  quantities: {
    nelbo: [
      [10, 12],
      [0.5, 0.6],
    ],
    'official@8': [[3, 4], null],
  },
  rankings: {
    'nelbo/char': [1, 0, 0.5, 0.1],
    'nelbo/sum': [0, 1, 2, 0.7],
    'nelbo/byte': [1, 0, 0.5, 0.1],
    'nelbo/mean': [1, 0, 2, 0.2],
  },
};
const question: SampleQuestion = { kind: 'choose', answers: ['äb', 'abcd'], gold: 0, asked: [] };

it('divides totals and their errors by tokens, bytes and characters of the answers', () => {
  expect(scoreColumns(view, question)).toEqual([
    { name: 'nelbo/sum', values: [10, 12], errors: [0.5, 0.6], ranking: [0, 1, 2, 0.7] },
    { name: 'nelbo/mean', values: [5, 3], errors: [0.25, 0.15], ranking: [1, 0, 2, 0.2] },
    { name: 'nelbo/byte', values: [10 / 3, 3], errors: [0.5 / 3, 0.15], ranking: [1, 0, 0.5, 0.1] },
    { name: 'nelbo/char', values: [5, 3], errors: [0.25, 0.15], ranking: [1, 0, 0.5, 0.1] },
    { name: 'official@8', values: [3, 4], errors: null, ranking: null },
  ]);
});

it('leaves open what takes the text of the answers where that is not stored', () => {
  const columns = scoreColumns(view, null);
  expect(columns.map(({ values }) => values)).toEqual([
    [10, 12],
    [5, 3],
    [null, null],
    [null, null],
    [3, 4],
  ]);
});
