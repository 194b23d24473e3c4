import { expect, it } from 'vitest';
import { KeptTokens, keptTables } from './kept-tokens.ts';
import { countingPositions } from './sequence.ts';

const SHAPE = { layers: 1, width: 2 };

/** Keys 10 · position, values one more, in both columns; rows of a batch of `L` tokens from a position on. */
function present(froms: readonly number[], L: number) {
  const data = Float32Array.from(
    froms.flatMap((from) => Array.from({ length: L }, (_, i) => [10 * (from + i), 10 * (from + i)]).flat()),
  );
  const dims = [froms.length, L, 2];
  return { 'keys.0': { dims, data }, 'values.0': { dims, data: data.map((key) => key + 1) } };
}

const windowOf = (kept: KeptTokens, from: number, length: number) => {
  const sequence = { ids: new Int32Array(length), positions: countingPositions(length), reads: [] };
  return { sequence: { ...sequence, attention: { kind: 'full' } as const }, from, kept };
};

it('keeps tokens once, also where a program computed some of them again', () => {
  const kept = new KeptTokens(SHAPE);
  kept.keep(1, 0, 2, present([50, 0], 3));
  kept.keep(0, 1, 4, present([1], 4)); // token 1 is kept already
  expect(kept.length).toBe(4);
  const { 'keptKeys.0': keys, 'keptValues.0': values } = keptTables(SHAPE, [windowOf(kept, 4, 4)]);
  expect([...(keys?.data ?? [])]).toEqual([0, 0, 10, 10, 20, 20, 30, 30, 0, 0]);
  expect([...(values?.data ?? [])]).toEqual([1, 1, 11, 11, 21, 21, 31, 31, 0, 0]);
});

it('lays kept tokens out window by window, zeros where own ones come to stand, and a row for empty slots', () => {
  const kept = new KeptTokens(SHAPE);
  kept.keep(0, 0, 2, present([0], 2));
  const { 'keptKeys.0': keys } = keptTables(SHAPE, [windowOf(kept, 1, 3), windowOf(kept, 2, 3)]);
  expect(keys?.dims).toEqual([7, 2]);
  expect([...(keys?.data ?? [])].filter((_, i) => i % 2 === 0)).toEqual([0, 0, 0, 0, 10, 0, 0]);
});
