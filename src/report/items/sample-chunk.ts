/** The data of the sample browser in pieces that are decoded on demand; `decode-chunk.ts` reads them. */
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import pLimit from 'p-limit';
import type { SampleIndex } from './sample-data.ts';

export interface SampleChunk {
  /** Of the element that holds it. */
  readonly id: string;
  /** Base64 of raw deflate of UTF-8 JSON. */
  readonly data: string;
}

/** What the page has of the sample browser. */
export interface SampleBrowserView {
  readonly items: number;
  /** Names of models, in the order of the sets. */
  readonly models: readonly string[];
  readonly index: SampleIndex;
  readonly chunks: readonly SampleChunk[];
  /** What a reader must know is not there, a sentence each. */
  readonly notes: readonly string[];
}

/** A chunk whose JSON is written when its turn comes. */
export interface LooseChunk {
  readonly id: string;
  json(): string;
}

/** Chunks under way at a time: enough to keep the threads that pack them busy, and few in memory. */
const UNDER_WAY = 8;
/** Bytes that a packing thread writes before it comes back for room. */
const STRETCH = 1 << 17;

const deflate = promisify(deflateRaw);

/** Any value that JSON can carry; halves of surrogate pairs survive as escapes. */
export const encodeChunk = (value: unknown): Promise<string> => encodeJson(JSON.stringify(value));

async function encodeJson(json: string): Promise<string> {
  const bytes = await deflate(Buffer.from(json), { level: 6, chunkSize: STRETCH });
  return bytes.toString('base64');
}

/** In their order. Chunks are packed by other threads while the JSON of the next ones is written. */
export function encodeChunks(chunks: readonly LooseChunk[]): Promise<readonly SampleChunk[]> {
  const limit = pLimit(UNDER_WAY);
  return Promise.all(
    chunks.map((chunk) => limit(async () => ({ id: chunk.id, data: await encodeJson(chunk.json()) }))),
  );
}
