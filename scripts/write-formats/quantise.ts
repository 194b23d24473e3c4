/**
 * Values as blocks of 32 with a scale in half precision, as llama.cpp quantises them.
 *
 * @source ggml-org/llama.cpp, ggml/src/ggml-quants.c `quantize_row_q8_0_ref`, `quantize_row_q4_0_ref`
 */
import { narrow } from '../../src/core/numbers/float-formats.ts';

const BLOCK = 32;

export interface Quantised {
  /** Number of the type in GGUF files. */
  readonly type: number;
  readonly content: Buffer;
}

type Encode = (block: Float32Array) => readonly [scale: number, bytes: Uint8Array];

/** Scale: largest magnitude / 127. */
const q8: Encode = (block) => {
  const scale = Math.fround(Math.max(...block.map(Math.abs)) / 127);
  return [scale, Uint8Array.from(block, (value) => (scale === 0 ? 0 : Math.round(value / scale)))];
};

/** Scale: the value of largest magnitude, sign included, / -8; values 0 to 15 count from -8. */
const q4: Encode = (block) => {
  const largest = block.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const scale = Math.fround(largest / -8);
  const level = (value = 0): number => (scale === 0 ? 8 : Math.min(15, Math.floor(value / scale + 8.5)));
  const bytes = Uint8Array.from({ length: BLOCK / 2 }, (_, j) => level(block[j]) | (level(block[j + BLOCK / 2]) << 4));
  return [scale, bytes];
};

const FORMS = { Q8_0: [8, q8], Q4_0: [2, q4] } as const;
export type Form = keyof typeof FORMS;

/** Vectors, and matrices whose rows are no whole blocks, stay float32, as llama.cpp leaves them in another type. */
export function quantised(values: Float32Array, shape: readonly number[], form: Form): Quantised {
  if (shape.length < 2 || (shape.at(-1) ?? 0) % BLOCK !== 0) {
    return { type: 0, content: Buffer.from(values.buffer, values.byteOffset, values.byteLength) };
  }
  const [type, encode] = FORMS[form];
  const blocks = Array.from({ length: values.length / BLOCK }, (_, b) => {
    const [scale, bytes] = encode(values.subarray(b * BLOCK, (b + 1) * BLOCK));
    return Buffer.concat([narrow(Float32Array.of(scale), 'F16'), bytes]);
  });
  return { type, content: Buffer.concat(blocks) };
}
