/** How bytes of a file become float32 values: dense, or in blocks that share a scale. */

export interface Codec {
  /** Values of a block; 1 where each stands for itself. */
  readonly blockLength: number;
  readonly blockBytes: number;
  /** The smallest format of weights that holds every value that can come out. */
  readonly exactIn: 'F32' | 'F16' | 'BF16';
  /**
   * Decodes whole blocks: each value computed exactly, then rounded once to float32.
   *
   * @param into receives `bytes.byteLength / blockBytes * blockLength` values from index `at`
   */
  decode(bytes: DataView, into: Float32Array, at: number): void;
}

/** Values that are no blocks, one after the other. */
export const dense = (
  blockBytes: number,
  exactIn: 'F32' | 'F16' | 'BF16',
  read: (bytes: DataView, at: number) => number,
): Codec => ({
  blockLength: 1,
  blockBytes,
  exactIn,
  decode(bytes, into, at) {
    const count = bytes.byteLength / blockBytes;
    for (let i = 0; i < count; i++) into[at + i] = read(bytes, i * blockBytes);
  },
});

/** @param decode one block, from byte `from` to value `to` */
export const blocks = (
  blockLength: number,
  blockBytes: number,
  decode: (bytes: DataView, from: number, into: Float32Array, to: number) => void,
): Codec => ({
  blockLength,
  blockBytes,
  exactIn: 'F32',
  decode(bytes, into, at) {
    const count = bytes.byteLength / blockBytes;
    for (let i = 0; i < count; i++) decode(bytes, i * blockBytes, into, at + i * blockLength);
  },
});
