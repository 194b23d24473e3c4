import { expect, it } from 'vitest';
import { besideText } from './run-progress.ts';

it('says in a few words who works on a run, and what was lost on the way', () => {
  expect(besideText(1, 1, 0)).toBe('1 worker, 1 unit');
  expect(besideText(12, 340, 2)).toBe('12 workers, 340 units, 2 stalled');
});
