import { expect, it } from 'vitest';
import type { TextTrace } from '../core/trace.ts';
import { Stopwatch, UnitWatch } from './unit-watch.ts';

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
