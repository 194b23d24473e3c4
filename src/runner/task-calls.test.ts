import { expect, it } from 'vitest';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import { HarnessError } from '../core/errors.ts';
import type { FewShot, TaskPlugin } from '../core/task.ts';
import { asker } from './ask-unit.ts';
import { namedRows } from './chosen-items.ts';
import { clusterNames, examplesOf } from './plan.ts';

const inputs = scriptedRun({ rows: 2 });
const { canonical } = inputs.task.protocols as {
  readonly canonical: NonNullable<TaskPlugin['protocols']['canonical']>;
};
const boom = new Error('boom');
const throwing = (error: unknown) => () => {
  throw error;
};

type Parts = Pick<TaskPlugin, 'name' | 'id' | 'protocols' | 'cluster'>;
const parts: Parts = { name: 'mine', id: (row) => `row-${row}`, protocols: { canonical } };
const questions = (changes: Partial<Parts>, shots: Parameters<typeof examplesOf>[4] = null) =>
  examplesOf({ ...parts, ...changes }, 'canonical', [0, 1], null, shots).map(({ question }) => question);

function errorOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

const fewShot: FewShot<unknown> = { standard: 1, pool: 'own', leavesOutAsked: false, example: throwing(boom) };
const shots = { count: 1, rows: [0, 1] };

it.each<[string, () => unknown]>([
  [
    'item "row-0": expected a question from its wording',
    () => questions({ protocols: { canonical: { ...canonical, question: throwing(boom) } } }),
  ],
  [
    'examples: expected a text from its function example',
    () => questions({ protocols: { canonical: { ...canonical, fewShot } } }, shots),
  ],
  [
    'examples: expected a text from its function example',
    () => questions({ protocols: { canonical: { ...canonical, fewShot: { ...fewShot, drawn: 'named' } } } }, shots),
  ],
  ['row 1: expected an id from its function id', () => questions({ id: throwing(boom) })],
  ['row 1: expected an id from its function id', () => namedRows({ ...parts, id: throwing(boom) }, [0, 1], ['row-0'])],
  [
    'item "row-0": expected the name of a cluster from its function cluster',
    () => clusterNames({ ...parts, cluster: throwing(boom) }, [0, 1]),
  ],
])('names the task and where it threw: %s', (where, call) => {
  expect(errorOf(call)).toMatchObject({
    ...{ code: 'task', message: `task mine, ${where}, found Error: boom`, cause: boom },
    hint: expect.stringContaining('--debug'),
  });
});

const scored = (score: TaskPlugin['score']) =>
  asker({ ...inputs, task: { ...inputs.task, score } })({ number: 0, items: inputs.examples.slice(1) });

it.each([
  ['at once', throwing(boom)],
  ['later', async () => throwing(boom)()],
])('names the task and the item that was to be scored, where it throws %s', async (_when, score) => {
  await expect(scored(score)).rejects.toMatchObject({
    ...{ code: 'task', cause: boom },
    message: 'task scripted, item "row-1": expected a score from its function score, found Error: boom',
  });
});

it('leaves what is said in our words, and what the system refuses', async () => {
  const own = new HarnessError('sandbox', 'no sandbox works');
  const ofSystem = Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'open' });
  for (const error of [own, ofSystem]) await expect(scored(throwing(error))).rejects.toBe(error);
});

it('says what was thrown in one line, whatever it is', async () => {
  await expect(scored(throwing('no\nerror'))).rejects.toThrow(/found no error$/);
  await expect(scored(throwing(new Error('x'.repeat(300))))).rejects.toThrow(/found Error: x{193}…$/);
});
