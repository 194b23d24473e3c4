import { expect, it } from 'vitest';
import type { PlainTensors } from '../sessions.ts';
import { load } from './carrier.ts';

const FEEDS: PlainTensors = {
  ids: { type: 'int32', dims: [3], data: Int32Array.of(7, 8, 9) },
  bias: { type: 'float32', dims: [2, 2], data: new Float32Array([9, 0, -1.5, 2, 3]).subarray(1) },
  flags: { type: 'uint8', dims: [1], data: Uint8Array.of(255) },
  long: { type: 'int64', dims: [2], data: BigInt64Array.of(-1n, 2n ** 40n) },
  none: { type: 'float32', dims: [0], data: new Float32Array(0) },
};

it('carries copies of feeds of every kind, each from a line of the cache on', () => {
  const { feeds, carrier } = load(FEEDS, undefined);
  expect(feeds).toEqual(FEEDS);
  for (const { data } of Object.values(feeds)) {
    expect(data.buffer).toBe(carrier);
    expect(data.byteOffset % 64).toBe(0);
  }
});

it('takes a carrier that came back where it is large enough, whatever it carried', () => {
  const back = new ArrayBuffer(512);
  new Uint8Array(back).fill(255);
  const { feeds, carrier } = load(FEEDS, back);
  expect(carrier).toBe(back);
  expect(feeds).toEqual(FEEDS);
  expect(load(FEEDS, new ArrayBuffer(64)).carrier.byteLength).toBeGreaterThan(64);
});
