/**
 * Blocks of 32 values with a scale: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL. Value j < 16 of a block is the low half of byte j,
 * value 16 + j its high half.
 *
 * @source ggml-org/llama.cpp, ggml/src/ggml-common.h (layouts) and ggml-quants.c (`dequantize_row_*`)
 */
import { half } from '../../../core/numbers/float-formats.ts';
import { blocks, type Codec } from './codec.ts';

const LENGTH = 32;

/** The sixteen levels of IQ4_NL. */
const LEVELS = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;

export const BLOCKS = {
  Q4_0: blocks(LENGTH, 18, (bytes, from, into, to) => {
    const scale = half(bytes, from);
    halves(bytes, from + 2, (j, level) => {
      into[to + j] = (level - 8) * scale;
    });
  }),
  Q4_1: blocks(LENGTH, 20, (bytes, from, into, to) => {
    const [scale, least] = [half(bytes, from), half(bytes, from + 2)];
    halves(bytes, from + 4, (j, level) => {
      into[to + j] = level * scale + least;
    });
  }),
  Q5_0: blocks(LENGTH, 22, (bytes, from, into, to) => {
    const scale = half(bytes, from);
    const fifths = bytes.getUint32(from + 2, true);
    halves(bytes, from + 6, (j, level) => {
      into[to + j] = (level + fifth(fifths, j) - 16) * scale;
    });
  }),
  Q5_1: blocks(LENGTH, 24, (bytes, from, into, to) => {
    const [scale, least] = [half(bytes, from), half(bytes, from + 2)];
    const fifths = bytes.getUint32(from + 4, true);
    halves(bytes, from + 8, (j, level) => {
      into[to + j] = (level + fifth(fifths, j)) * scale + least;
    });
  }),
  Q8_0: blocks(LENGTH, 34, (bytes, from, into, to) => {
    const scale = half(bytes, from);
    for (let j = 0; j < LENGTH; j++) into[to + j] = bytes.getInt8(from + 2 + j) * scale;
  }),
  IQ4_NL: blocks(LENGTH, 18, (bytes, from, into, to) => {
    const scale = half(bytes, from);
    halves(bytes, from + 2, (j, level) => {
      into[to + j] = (LEVELS[level] as number) * scale;
    });
  }),
} as const satisfies Readonly<Record<string, Codec>>;

/** The 32 four-bit levels of 16 bytes. */
function halves(bytes: DataView, from: number, take: (j: number, level: number) => void): void {
  for (let j = 0; j < LENGTH / 2; j++) {
    const byte = bytes.getUint8(from + j);
    take(j, byte & 15);
    take(j + LENGTH / 2, byte >> 4);
  }
}

/** What the fifth bit of value j is worth. */
const fifth = (bits: number, j: number): number => ((bits >>> j) & 1) << 4;
