/**
 * Weights in blocks of 32 inputs with one scale a block, 4 bits each: value ≈ scale · (q − 8). The scale puts the value of largest
 * magnitude on −8, as Q4_0 of GGUF does.
 *
 * @source ggml, `quantize_row_q4_0_ref`
 */
import { type Matrix, stepsOf } from './matrix.ts';
import type { Pause } from './packed-use.ts';

export const BLOCK = 32;
const ZERO = 8;
/** Outputs. */
const BETWEEN_PAUSES = 64;

export const blocksOf = (inputs: number): number => Math.ceil(inputs / BLOCK);

export interface Int4Blocks {
  /** `[outputs, blocks, 16]`: byte j of a block holds its inputs 2j (low half) and 2j + 1; past the last input, zeros. */
  readonly nibbles: Uint8Array;
  /** `[outputs, blocks]`; NaN for a block with a weight that is not finite. */
  readonly scales: Float32Array;
}

export async function toInt4(values: Float32Array, matrix: Matrix, pause: Pause): Promise<Int4Blocks> {
  const { outputs, inputs } = matrix;
  const [stepOutput, stepInput] = stepsOf(matrix);
  const blocks = blocksOf(inputs);
  const nibbles = new Uint8Array(outputs * blocks * (BLOCK / 2));
  const scales = new Float32Array(outputs * blocks);
  const block = new Float32Array(BLOCK);
  for (let j = 0; j < outputs; j++) {
    if (j > 0 && j % BETWEEN_PAUSES === 0) await pause();
    for (let b = 0; b < blocks; b++) {
      const start = b * BLOCK;
      for (let k = 0; k < BLOCK; k++) {
        block[k] = start + k < inputs ? (values[j * stepOutput + (start + k) * stepInput] as number) : 0;
      }
      scales[j * blocks + b] = packBlock(block, nibbles, (j * blocks + b) * (BLOCK / 2));
    }
  }
  return { nibbles, scales };
}

/** Writes one block. @returns its scale */
function packBlock(block: Float32Array, into: Uint8Array, at: number): number {
  let extreme = 0;
  let poison = 0;
  for (const value of block) {
    poison += value * 0;
    if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  }
  const scale = Math.fround(extreme / -ZERO + poison);
  for (let k = 0; k < BLOCK; k += 2) {
    into[at + k / 2] = quantised(block[k] as number, scale) | (quantised(block[k + 1] as number, scale) << 4);
  }
  return scale;
}

function quantised(value: number, scale: number): number {
  if (scale === 0) return ZERO;
  return Math.max(0, Math.min(2 * ZERO - 1, Math.round(value / scale) + ZERO));
}
