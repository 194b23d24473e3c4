import { expect, it } from 'vitest';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import type { Example } from '../core/question.ts';
import type { Response } from '../core/response.ts';
import { scoreItem } from './score-item.ts';

const example = scriptedRun({ rows: 1 }).examples[0] as Example;
const context = { family: 'diffusion', protocol: 'canonical', headline: 'sum' } as const;
const answered: Response = { kind: 'answered', views: {}, nfe: 1 };
const giving = (value: number) => ({
  score: () => ({ kind: 'scored', values: { nats: value }, answer: null, gold: 0, undecided: false }) as const,
});

it('keeps score and response', async () => {
  expect(await scoreItem(giving(2), context, example, answered)).toMatchObject({
    id: 'row-0',
    index: 0,
    score: { kind: 'scored', values: { nats: 2 } },
    response: answered,
  });
});

it('turns a number that is not finite into an unscored record', async () => {
  const { score, response } = await scoreItem(giving(Number.NaN), context, example, answered);
  expect(score).toMatchObject({ kind: 'unscored', code: 'non-finite' });
  expect(response).toMatchObject({ kind: 'unanswered', reason: expect.stringContaining('NaN is not a JSON number') });
});

it('does not ask the task about an unanswered question', async () => {
  const unanswered: Response = { kind: 'unanswered', code: 'context-overflow', reason: 'too long' };
  const task = {
    score: () => {
      throw new Error('asked');
    },
  };
  expect((await scoreItem(task, context, example, unanswered)).score).toEqual({
    kind: 'unscored',
    code: 'context-overflow',
    reason: 'too long',
  });
});

it('waits for a score, and asks a task that counts unanswered questions as failed', async () => {
  const unanswered: Response = { kind: 'unanswered', code: 'context-overflow', reason: 'too long' };
  const task = { score: async () => giving(0).score(), scoresUnanswered: true } as const;
  expect(await scoreItem(task, context, example, unanswered)).toEqual({
    id: 'row-0',
    index: 0,
    score: { kind: 'scored', values: { nats: 0 }, answer: null, gold: 0, undecided: false },
    response: unanswered,
  });
});
