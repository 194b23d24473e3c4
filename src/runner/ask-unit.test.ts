import { expect, it } from 'vitest';
import { scriptedRun } from '../../test/scripted/scripted-run.ts';
import type { Example } from '../core/question.ts';
import type { Response } from '../core/response.ts';
import type { TextTrace } from '../core/trace.ts';
import { Stopwatch, scoreItem, UnitWatch } from './ask-unit.ts';

const example = scriptedRun({ rows: 1 }).examples[0] as Example;
const context = { family: 'diffusion', protocol: 'canonical', headline: 'sum' } as const;
const answered: Response = { kind: 'answered', views: {}, nfe: 1 };
const giving = (value: number) => ({
  name: 'scripted',
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
    name: 'scripted',
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
  const task = { name: 'scripted', score: async () => giving(0).score(), scoresUnanswered: true } as const;
  expect(await scoreItem(task, context, example, unanswered)).toEqual({
    id: 'row-0',
    index: 0,
    score: { kind: 'scored', values: { nats: 0 }, answer: null, gold: 0, undecided: false },
    response: unanswered,
  });
});

/** A clock that is moved by hand. */
function handClock() {
  const clock = { time: 0, now: () => '', seconds: () => clock.time };
  return clock;
}

const gate = () => {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, closed };
};

it('shares time between what is under way at once, and loses none', async () => {
  const clock = handClock();
  const stopwatch = new Stopwatch(clock);
  const [long, short] = [{ seconds: 0 }, { seconds: 0 }];
  const [endLong, endShort] = [gate(), gate()];
  clock.time = 5;
  const first = stopwatch.time(long, () => endLong.closed);
  clock.time = 6;
  const second = stopwatch.time(short, () => endShort.closed);
  clock.time = 10;
  endShort.open();
  await second;
  clock.time = 13;
  endLong.open();
  await first;
  expect([long.seconds, short.seconds]).toEqual([1 + 2 + 3, 2]);
  clock.time = 20;
  await expect(stopwatch.time(short, () => Promise.reject(new RangeError('x')))).rejects.toThrow('x');
  expect([long.seconds, short.seconds]).toEqual([6, 2]);
});

it('adds up what was written for each T that was timed, and keeps traces only where they are wanted', async () => {
  const clock = handClock();
  const watch = new UnitWatch(new Stopwatch(clock), false);
  await watch.timed(2, async () => {
    clock.time += 3;
  });
  const text = { draw: 0, text: '', tokens: 5, nfe: 2 };
  const written = [
    { ...text, steps: 2 },
    { ...text, steps: 2, tokens: 7 },
    { ...text, steps: 9 },
  ];
  expect(watch.costs([{ kind: 'written', views: { default: written }, nfe: 6 }])).toEqual({
    2: { seconds: 3, texts: 2, nfe: 4, tokens: 12 },
  });
  expect(watch.onTrace).toBeUndefined();
  const tracing = new UnitWatch(new Stopwatch(clock), true);
  const trace = { view: 'default', steps: 2 } as TextTrace;
  tracing.onTrace?.('a', trace);
  expect([tracing.texts('a'), tracing.texts('b')]).toEqual([[trace], []]);
});
