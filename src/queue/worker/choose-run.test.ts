import { expect, it } from 'vitest';
import { chooseRun } from './choose-run.ts';

const run = (id: string, model: string, waiting: number, workers = 0) => ({ id, model, waiting, workers });

it('stays with the model that is loaded while units of it wait, however many wait elsewhere', () => {
  const runs = [run('big', 'b', 1000), run('small', 'a', 1, 30)];
  expect(chooseRun(runs, 'a')?.id).toBe('small');
  expect(chooseRun([run('big', 'b', 1000), run('small', 'a', 0)], 'a')?.id).toBe('big');
});

it('goes where the most units wait for each worker', () => {
  expect(chooseRun([run('crowded', 'a', 40, 9), run('free', 'b', 5)], null)?.id).toBe('free');
  expect(chooseRun([run('first', 'a', 40, 9), run('second', 'a', 44, 9)], 'a')?.id).toBe('second');
});

it('finds nothing only where nothing waits', () => {
  expect(chooseRun([], 'a')).toBeNull();
  expect(chooseRun([run('paused', 'a', 0)], 'a')).toBeNull();
  expect(chooseRun([run('other', 'b', 1, 500)], 'a')?.id).toBe('other');
});

it('spreads workers that come one after the other evenly over runs, and leaves none idle', () => {
  const waiting = 12;
  const workers = new Map([
    ['a', 0],
    ['b', 0],
    ['c', 0],
  ]);
  for (let come = 0; come < 9; come++) {
    const runs = [...workers].map(([id, on]) => run(id, id, waiting, on));
    const chosen = chooseRun(runs, null)?.id as string;
    workers.set(chosen, (workers.get(chosen) ?? 0) + 1);
  }
  expect([...workers.values()]).toEqual([3, 3, 3]);
});
