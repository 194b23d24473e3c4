import { describe, expect, it } from 'vitest';
import type { PresentTensor } from '../../architectures/attend.ts';
import { CLOSED } from '../../architectures/attention-bias.ts';
import type { DecoderArchitecture } from '../../architectures/decoder.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import { emptyPast, KeyValueCache, slotBytes } from './key-value-cache.ts';

const [LAYERS, G, D] = [2, 2, 3];
const net: DecoderArchitecture = {
  kind: 'llama',
  layers: LAYERS,
  width: 12,
  heads: 4,
  keyValueHeads: G,
  headWidth: D,
  innerWidth: 8,
  contextLength: 512,
  rmsNormEpsilon: 1e-5,
  ropeBase: 10_000,
  vocabularyRows: 10,
  tiedHead: true,
};

/** Value of (layer, sequence, token, column), and 0.5 more for values than for keys. */
const mark = (layer: number, name: number, token: number, c: number) => 1000 * name + 10 * token + c + layer / 8;

/** What a forward puts out for sequences `names`, tokens `from` up to `from + counts`. */
function present(names: readonly number[], from: readonly number[], counts: readonly number[]) {
  const [B, L] = [names.length, Math.max(...counts) + 1];
  const tensors: Record<PresentTensor, HostTensor> = {};
  for (let layer = 0; layer < LAYERS; layer++) {
    const data = new Float32Array(B * L * G * D).fill(-1);
    names.forEach((name, b) => {
      for (let i = 0; i < (counts[b] as number); i++) {
        for (let c = 0; c < G * D; c++) data[(b * L + i) * G * D + c] = mark(layer, name, (from[b] as number) + i, c);
      }
    });
    tensors[`keys.${layer}`] = { dims: [B, L, G * D], data };
    tensors[`values.${layer}`] = { dims: [B, L, G * D], data: data.map((value) => value + 0.5) };
  }
  return tensors;
}

function expectRows(cache: KeyValueCache, names: readonly number[], lengths: readonly number[]): void {
  const feeds = cache.feeds();
  const P = feeds.pastBias.dims[3] as number;
  expect(feeds.pastBias.dims).toEqual([names.length, 1, 1, P]);
  expect(P % 64).toBe(0);
  names.forEach((name, row) => {
    const length = lengths[row] as number;
    for (let layer = 0; layer < LAYERS; layer++) {
      const [keys, values] = [feeds[`pastKeys.${layer}`], feeds[`pastValues.${layer}`]];
      for (let slot = 0; slot < P; slot++) {
        expect(feeds.pastBias.data[row * P + slot]).toBe(slot < length ? 0 : CLOSED);
        for (let c = 0; c < G * D; c++) {
          const [head, d] = [row * G + Math.floor(c / D), c % D];
          const expected = slot < length ? Math.fround(mark(layer, name, slot, c)) : 0;
          expect(keys?.data[(head * D + d) * P + slot]).toBe(expected);
          if (slot < length) expect(values?.data[(head * P + slot) * D + d]).toBe(expected + 0.5);
          else expect(values?.data[(head * P + slot) * D + d]).toBe(0);
        }
      }
    }
  });
}

describe('KeyValueCache', () => {
  it('holds what was added, row by row, keys transposed', () => {
    const cache = new KeyValueCache(net, 1);
    cache.append(0, [3, 5], present([1, 2], [0, 0], [3, 5]));
    expectRows(cache, [1, 2], [3, 5]);
    cache.append(0, [1, 1], present([1, 2], [3, 5], [1, 1]));
    expectRows(cache, [1, 2], [4, 6]);
  });

  it('grows past 64 tokens, opens rows later, and gives the place of a row that leaves to the last', () => {
    const cache = new KeyValueCache(net, 4);
    cache.append(0, [60, 2], present([1, 2], [0, 0], [60, 2]));
    cache.append(0, [5, 1], present([1, 2], [60, 2], [5, 1]));
    expectRows(cache, [1, 2], [65, 3]);
    cache.append(2, [7], present([3], [0], [7]));
    expectRows(cache, [1, 2, 3], [65, 3, 7]);
    cache.release(0);
    expectRows(cache, [3, 2], [7, 3]);
    cache.release(1);
    expectRows(cache, [3], [7]);
    // More rows than ever: room is given back that only row 1 needed, and nothing is lost.
    cache.append(1, [1, 2, 3, 4], present([4, 5, 6, 7], [0, 0, 0, 0], [1, 2, 3, 4]));
    expectRows(cache, [3, 4, 5, 6, 7], [7, 1, 2, 3, 4]);
  });

  it('holds nothing of rows that have left: zeros, in room for others', () => {
    const cache = new KeyValueCache(net, 1);
    cache.append(0, [70, 3], present([1, 2], [0, 0], [70, 3]));
    const { bytes } = cache;
    expect(bytes).toBe(2 * 128 * slotBytes(net));
    for (const row of [0, 0]) cache.release(row);
    cache.append(0, [2, 4], present([3, 4], [0, 0], [2, 4]));
    expectRows(cache, [3, 4], [2, 4]);
    expect(cache.bytes).toBe(bytes);
  });

  it('keeps long rows whole when short ones join', () => {
    const cache = new KeyValueCache(net, 1);
    cache.append(0, [70], present([1], [0], [70]));
    cache.append(1, [2], present([2], [0], [2]));
    expectRows(cache, [1, 2], [70, 2]);
  });
});

it('an empty past is closed slots of zeros: one, or as many as are wanted', () => {
  expect(emptyPast(net, 3).pastBias).toEqual({ dims: [3, 1, 1, 1], data: new Float32Array(3).fill(CLOSED) });
  const { pastBias, ...tensors } = emptyPast(net, 3, 64);
  expect(pastBias).toEqual({ dims: [3, 1, 1, 64], data: new Float32Array(192).fill(CLOSED) });
  expect(Object.keys(tensors)).toHaveLength(2 * LAYERS);
  expect((tensors as Record<string, HostTensor>)['pastKeys.1']?.dims).toEqual([3, G, D, 64]);
});

it('a slot takes two float32 values a layer, group and column', () => {
  expect(slotBytes(net)).toBe(2 * 4 * LAYERS * G * D);
});
