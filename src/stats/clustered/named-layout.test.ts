import { expect, it } from 'vitest';
import { namedLayout } from './named-layout.ts';

it('puts items with one name together and lets those without stand alone', () => {
  const { count, index } = namedLayout(['HumanEval/0', null, 'HumanEval/0', null, 'HumanEval/1']);
  expect(count).toBe(4);
  expect([...index]).toEqual([0, 1, 0, 2, 3]);
});
