import { expect, it } from 'vitest';
import { layoutOf } from './cluster-layout.ts';

it('puts items with one name together and lets those without stand alone', () => {
  const names = ['HumanEval/0', null, 'HumanEval/0', undefined, 'HumanEval/1'];
  const { count, index } = layoutOf(names.map((cluster) => ({ cluster })));
  expect(count).toBe(4);
  expect([...index]).toEqual([0, 1, 0, 2, 3]);
});
