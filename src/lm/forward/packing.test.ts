import { describe, expect, it } from 'vitest';
import type { DecoderArchitecture } from '../../architectures/decoder.ts';
import type { Gpt2Architecture } from '../../architectures/gpt2.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import { ownSlots, slotsFor } from './batches.ts';
import { packSequences } from './forward.ts';
import { countingPositions, type Sequence } from './sequence.ts';

const gpt2: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 1,
  width: 4,
  heads: 1,
  innerWidth: 16,
  contextLength: 256,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 100,
  tiedHead: true,
};
const llama: DecoderArchitecture = {
  kind: 'llama',
  layers: 1,
  width: 8,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 4,
  innerWidth: 16,
  contextLength: 256,
  rmsNormEpsilon: 1e-5,
  ropeBase: 10000,
  vocabularyRows: 100,
  tiedHead: true,
};

const sequence = (length: number, from: number, ...rows: number[]): Sequence => ({
  ids: Int32Array.from({ length }, (_, i) => from + i),
  positions: countingPositions(length),
  attention: { kind: 'full' },
  reads: rows.map((row) => ({ row, target: 50 + row })),
});

const SLOTS = ownSlots(gpt2, 12);

describe('packed sequences', () => {
  const packed = packSequences(gpt2, [sequence(10, 1, 0, 9), sequence(12, 21, 11)]);

  it('lie end to end, each counting its own positions', () => {
    expect([...packed.ids.data]).toEqual(
      [...Array(10).keys()].map((i) => 1 + i).concat([...Array(12).keys()].map((i) => 21 + i)),
    );
    expect([...packed.positions.data]).toEqual([...countingPositions(10), ...countingPositions(12)]);
  });

  it('are read at rows counted through all of them; unused rows read the first one', () => {
    expect([...packed.rows.data.subarray(0, 4)]).toEqual([0, 9, 21, 0]);
    expect([...packed.targets.data.subarray(0, 4)]).toEqual([50, 59, 61, 0]);
  });

  it('have slots that find each token, and homes that find each slot', () => {
    const { slots, homes } = packed;
    expect(slots.dims).toEqual([2, SLOTS]);
    expect([...homes.data].map((slot) => slots.data[slot])).toEqual([...Array(22).keys()]);
    expect([...homes.data].map((slot) => Math.floor(slot / SLOTS))).toEqual([
      ...Array(10).fill(0),
      ...Array(12).fill(1),
    ]);
  });

  it('see nothing of the slots that are no tokens of theirs', () => {
    const { bias } = packed;
    expect(bias.dims).toEqual([2, 1, SLOTS, SLOTS]);
    [10, 12].forEach((length, b) => {
      for (let query = 0; query < length; query++) {
        const from = (b * SLOTS + query) * SLOTS;
        const open = [...bias.data.subarray(from, from + SLOTS)].filter((value) => value === 0).length;
        expect(open).toBe(length);
      }
    });
  });

  it('take as many slots as the longest needs, or as they are told', () => {
    for (const length of [1, 16, 17, 64, 65]) {
      const alone = [sequence(length, 1, 0)];
      expect(packSequences(gpt2, alone).slots.dims).toEqual([1, ownSlots(gpt2, length)]);
      expect(packSequences(gpt2, alone, {}, slotsFor).slots.dims).toEqual([1, slotsFor(length)]);
    }
  });
});

it('rotary angles follow the positions of the tokens, not their places; GPT-2 has none', () => {
  const branched: Sequence = { ...sequence(3, 1, 0), positions: Int32Array.of(0, 1, 1) };
  const { cos, sin } = packSequences(llama, [branched]) as unknown as Record<'cos' | 'sin', HostTensor>;
  expect(cos.dims).toEqual([16, 2]);
  expect([...cos.data.subarray(2, 4)]).toEqual([...cos.data.subarray(4, 6)]);
  expect(cos.data[2]).toBe(Math.fround(Math.cos(1)));
  expect(sin.data[3]).toBeCloseTo(Math.sin(1 / 100), 6); // second frequency: 10000^(−2/4)
  expect(packSequences(gpt2, [branched])).not.toHaveProperty('cos');
});
