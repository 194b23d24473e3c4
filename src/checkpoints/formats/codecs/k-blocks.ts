/**
 * The K-quants: blocks of 256 values in 16 groups of 16 or 8 groups of 32, whose scales (and mins) are numbers of few bits
 * times a 16-bit float of the block.
 *
 * @source ggml-org/llama.cpp, ggml/src/ggml-common.h (layouts) and ggml-quants.c (`dequantize_row_q2_K` … `q6_K`)
 */
import { half } from '../../../core/numbers/float-formats.ts';
import { blocks, type Codec } from './codec.ts';

const LENGTH = 256;

export const K_BLOCKS = {
  /** scales 16, levels 64, d, dmin */
  Q2_K: blocks(LENGTH, 84, (bytes, from, into, to) => {
    const [d, dmin] = [half(bytes, from + 80), half(bytes, from + 82)];
    for (let i = 0; i < LENGTH; i++) {
      const scale = bytes.getUint8(from + (i >> 4));
      into[to + i] = d * (scale & 15) * twoBits(bytes, from + 16, i) - dmin * (scale >> 4);
    }
  }),
  /** high bits 32, levels 64, scales 12, d */
  Q3_K: blocks(LENGTH, 110, (bytes, from, into, to) => {
    const d = half(bytes, from + 108);
    const scales = Array.from({ length: 16 }, (_, group) => signedScale(bytes, from + 96, group));
    for (let i = 0; i < LENGTH; i++) {
      // A bit that is clear takes 4 away.
      const high = (bytes.getUint8(from + (i & 31)) >> (i >> 5)) & 1 ? 0 : 4;
      into[to + i] = d * (scales[i >> 4] as number) * (twoBits(bytes, from + 32, i) - high);
    }
  }),
  /** d, dmin, scales and mins 12, levels 128 */
  Q4_K: blocks(LENGTH, 144, (bytes, from, into, to) => {
    eightGroups(bytes, from, (i, scale, least) => {
      into[to + i] = scale * fourBits(bytes, from + 16, i) - least;
    });
  }),
  /** d, dmin, scales and mins 12, fifth bits 32, levels 128 */
  Q5_K: blocks(LENGTH, 176, (bytes, from, into, to) => {
    eightGroups(bytes, from, (i, scale, least) => {
      const fifth = (bytes.getUint8(from + 16 + (i & 31)) >> (i >> 5)) & 1;
      into[to + i] = scale * (fourBits(bytes, from + 48, i) + 16 * fifth) - least;
    });
  }),
  /** low bits 128, high bits 64, scales 16, d */
  Q6_K: blocks(LENGTH, 210, (bytes, from, into, to) => {
    const d = half(bytes, from + 208);
    for (let i = 0; i < LENGTH; i++) {
      const within = i & 127;
      const low = bytes.getUint8(from + ((i >> 7) << 6) + (within & 63)) >> (within < 64 ? 0 : 4);
      const level = (low & 15) | (twoBits(bytes, from + 128, i) << 4);
      into[to + i] = d * bytes.getInt8(from + 192 + (i >> 4)) * (level - 32);
    }
  }),
} as const satisfies Readonly<Record<string, Codec>>;

/** Values l, l + 32, l + 64 and l + 96 of a half share byte l. */
function twoBits(bytes: DataView, from: number, i: number): number {
  return (bytes.getUint8(from + ((i >> 7) << 5) + (i & 31)) >> (((i >> 5) & 3) << 1)) & 3;
}

/** Values l and l + 32 of a quarter share byte l. */
function fourBits(bytes: DataView, from: number, i: number): number {
  return (bytes.getUint8(from + ((i >> 6) << 5) + (i & 31)) >> (i & 32 ? 4 : 0)) & 15;
}

/** Six bits, stored plus 32: four in the first eight bytes, two in the last four. */
function signedScale(bytes: DataView, from: number, group: number): number {
  const low = bytes.getUint8(from + (group & 7)) >> (group < 8 ? 0 : 4);
  const high = bytes.getUint8(from + 8 + (group & 3)) >> ((group >> 2) << 1);
  return ((low & 15) | ((high & 3) << 4)) - 32;
}

/** Calls `take` with each value's scale and min, both times their float of the block. */
function eightGroups(bytes: DataView, from: number, take: (i: number, scale: number, least: number) => void): void {
  const [d, dmin] = [half(bytes, from), half(bytes, from + 2)];
  for (let group = 0; group < 8; group++) {
    const [scale, least] = scaleAndMin(bytes, from + 4, group);
    for (let l = 0; l < 32; l++) take(group * 32 + l, d * scale, dmin * least);
  }
}

/** Six bits each; those of groups 4 to 7 have their top two bits in the bytes of groups 0 to 3. */
function scaleAndMin(bytes: DataView, from: number, group: number): readonly [number, number] {
  const at = (byte: number): number => bytes.getUint8(from + byte);
  if (group < 4) return [at(group) & 63, at(group + 4) & 63];
  const low = at(group + 4);
  return [(low & 15) | ((at(group - 4) >> 6) << 4), (low >> 4) | ((at(group) >> 6) << 4)];
}
