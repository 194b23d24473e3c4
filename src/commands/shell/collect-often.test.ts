import { expect, it } from 'vitest';
import { collectOften } from './collect-often.ts';

it('has V8 collect often during long work, and leaves it to itself afterwards', () => {
  const flags: string[] = [];
  const over = collectOften(2001, (flag) => flags.push(flag));
  expect(flags).toEqual(['--heap-growing-percent=30']);
  over();
  expect(flags).toEqual(['--heap-growing-percent=30', '--heap-growing-percent=0']);
});

it('leaves short work, and what a user set, alone', () => {
  const flags: string[] = [];
  collectOften(2000, (flag) => flags.push(flag))();
  expect(flags).toEqual([]);
});
