/** The suite itself: a task that keeps its promises passes, and each broken promise fails the test that names it. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type Score, type TaskPlugin, visible } from '../../src/api.ts';
import { capitals } from '../api/plugin/capitals.ts';
import { testTask } from './index.ts';

/** Names of the tests that fail. */
async function failing(task: TaskPlugin): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly body: () => void | Promise<void> }[] = [];
  testTask(task, { describe: (_name, body) => body(), it: (name, body) => tests.push({ name, body }) });
  const failed: string[] = [];
  for (const { name, body } of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

const scoringAll =
  (value: number) =>
  async (...given: Parameters<TaskPlugin['score']>): Promise<Score> => {
    const score = await capitals.score(...given);
    if (score.kind !== 'scored') return score;
    return { ...score, values: Object.fromEntries(Object.keys(score.values).map((name) => [name, value])) };
  };

const canonical = capitals.protocols.canonical as NonNullable<TaskPlugin['protocols']['canonical']>;
const saysNothing = {
  ...canonical,
  question: (row: unknown) => {
    const question = canonical.question(row);
    const hidden = { name: 'default', tokenization: 'joint', bos: 'once' } as const;
    const views = [{ ...hidden, alternatives: question.answers.map((text) => [visible(text)]) }];
    return { ...question, views: { autoregressive: views, diffusion: views } } as typeof question;
  },
};

let clusters = 0;

it('passes a task that keeps its promises', async () => {
  expect(await failing(capitals)).toEqual([]);
});

it.each<[string, Partial<TaskPlugin>, RegExp]>([
  ['has no version', { version: undefined as never }, /^has a positive version/],
  ['reads data that nothing pins', { sources: [{ ...capitals.sources[0], local: false } as never] }, /^has a positive/],
  ['gives two rows one id', { id: () => 'same' }, /^has rows of its own with unique ids/],
  ['names a cluster by nothing', { cluster: () => '' }, /^names clusters by a text/],
  ['names clusters otherwise each time', { cluster: () => `${++clusters}` }, /^names clusters by a text/],
  ['takes any row', { rowSchema: z.looseObject({}) as never }, /^refuses a row that lacks a field/],
  ['scores a wrong answer 1', { score: scoringAll(1) }, /^gives 1 to an oracle and 0 to its opposite/],
  ['scores the right answer 0', { score: scoringAll(0) }, /^gives 1 to an oracle and 0 to its opposite/],
  [
    'shows the answer and scores nothing',
    { protocols: { canonical: saysNothing } },
    /^words every row under canonical/,
  ],
])('fails a task that %s', async (_what, change, expected) => {
  const failed = await failing({ ...capitals, ...change });
  expect(failed).not.toEqual([]);
  expect(failed.filter((name) => !expected.test(name))).toEqual([]);
});
