import { expect, it } from 'vitest';
import { inContext, namedShots, shotContexts } from './few-shot.ts';
import type { Question } from './question.ts';
import { scored, visible, withSpecialTokens } from './question.ts';
import { choose, jointWithoutBos } from './wording.ts';

const fewShot = { standard: 0, pool: 'own', leavesOutAsked: true, example: (row: string) => `${row};` } as const;
const rows = ['a', 'b', 'c', 'd', 'e', 'e', 'e'];

it('gives a prefix of the rows the examples that all of them have', () => {
  const shots = { count: 2, rows };
  const all = shotContexts(fewShot, shots, rows);
  expect(shotContexts(fewShot, shots, rows.slice(0, 3))).toEqual(all.slice(0, 3));
  expect(all.every((text) => text.split(';').length === 3)).toBe(true);
});

it('never shows the row that is asked, where it leaves it out, however often it is drawn', () => {
  const contexts = shotContexts(fewShot, { count: 3, rows }, rows);
  expect(contexts.filter((text, i) => text.split(';').includes(rows[i] as string))).toEqual([]);
  const shown = shotContexts({ ...fewShot, leavesOutAsked: false }, { count: 6, rows }, rows);
  expect(shown.some((text, i) => text.split(';').includes(rows[i] as string))).toBe(true);
});

it('puts the examples behind special tokens and in front of everything else', () => {
  const pieces = [withSpecialTokens(visible('Q:')), scored(' a')];
  const views = [jointWithoutBos([pieces]), jointWithoutBos([[scored('a')]], 'bare')];
  const question: Question = choose(['a'], 0, { autoregressive: views, diffusion: views });
  const { autoregressive } = inContext(question, 'E\n\n').views;
  expect(autoregressive.map(({ alternatives }) => alternatives[0])).toEqual([
    [withSpecialTokens(visible('E\n\nQ:')), scored(' a')],
    [visible('E\n\n'), scored('a')],
  ]);
  expect(inContext(question, '')).toBe(question);
});

it('draws named examples by task and item alone: a larger count goes on where a smaller ended, and the asked row is left out', () => {
  const drawn = (count: number, id: string) => namedShots(fewShot, { count, rows }, 'e', ['task', id]);
  expect([drawn(3, 'task/1').startsWith(drawn(2, 'task/1')), drawn(4, 'task/1').includes('e')]).toEqual([true, false]);
  const others = Array.from({ length: 8 }, (_, i) => drawn(2, `task/${i}`));
  expect(new Set(others).size).toBeGreaterThan(3);
  expect([...drawn(4, 'task/1').split(';')].sort()).toEqual(['', 'a', 'b', 'c', 'd']);
  expect(() => drawn(5, 'task/1')).toThrow(RangeError);
});
