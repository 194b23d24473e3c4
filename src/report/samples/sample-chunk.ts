/** The data of the sample browser in pieces that are decoded on demand; `decode-chunk.ts` reads them. */
import { deflateRawSync } from 'node:zlib';

export interface SampleChunk {
  /** Of the element that holds it. */
  readonly id: string;
  /** Base64 of raw deflate of UTF-8 JSON. */
  readonly data: string;
}

/** Any value that JSON can carry; halves of surrogate pairs survive as escapes. */
export const encodeChunk = (value: unknown): string => encodeJson(JSON.stringify(value));

export const encodeJson = (json: string): string => deflateRawSync(Buffer.from(json), { level: 6 }).toString('base64');

/** Characters of all together. */
export const sizeOf = (chunks: readonly SampleChunk[]): number =>
  chunks.reduce((sum, { data }) => sum + data.length, 0);
