import { expect, it } from 'vitest';
import { differences } from './differences.ts';

it('finds nothing between equal values, whatever the order of their members', () => {
  expect(differences({ a: 1, b: [2, { c: null }] }, { b: [2, { c: null }], a: 1 })).toEqual([]);
});

it('names each leaf that differs, with both values', () => {
  const stored = { a: { x: [1, 2, 3], y: 'old' }, kept: true };
  const found = { a: { x: [1, 5], y: 'new' }, kept: true, z: null };
  expect(differences(stored, found)).toEqual([
    { path: 'a.x[1]', stored: '2', found: '5' },
    { path: 'a.x[2]', stored: '3', found: null },
    { path: 'a.y', stored: '"old"', found: '"new"' },
    { path: 'z', stored: null, found: 'null' },
  ]);
});

it('takes values of another kind as one difference', () => {
  expect(differences({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: 'a', stored: '[1]', found: '{"0":1}' }]);
  expect(differences(0, -0)).toEqual([]);
});
