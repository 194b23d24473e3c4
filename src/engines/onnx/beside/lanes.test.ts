import { expect, it } from 'vitest';
import { lanesFor } from './lanes.ts';

const weights = (values: number) =>
  new Map([['w', { file: '', offset: 0, byteLength: 0, dtype: 'F32', shape: [values] } as const]]);

it('gives a small network a thread for each core, four at most, and a large one all cores at once', () => {
  expect(lanesFor(weights(700_000), 2)).toBe(2);
  expect(lanesFor(weights(700_000), 64)).toBe(4);
  expect(lanesFor(weights(700_000), 1)).toBe(1);
  expect(lanesFor(weights(124_000_000), 2)).toBe(1);
});
