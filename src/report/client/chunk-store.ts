/** Reads the data of the page. Chunks are decoded when they are asked for; the last ones stay at hand. */

import { decodeChunk } from '../items/decode-chunk.ts';
import type { ItemPlace } from '../items/filter-items.ts';
import {
  SAMPLE_ELEMENTS,
  type SampleAnswer,
  type SampleIndex,
  type SampleQuestion,
  type SampleTrace,
} from '../items/sample-data.ts';

const KEPT = 48;

export class ChunkStore {
  readonly index: SampleIndex;
  readonly #decoded = new Map<string, Promise<unknown>>();

  private constructor(index: SampleIndex) {
    this.index = index;
  }

  static async open(): Promise<ChunkStore> {
    return new ChunkStore((await decodeChunk(dataOf(SAMPLE_ELEMENTS.index))) as SampleIndex);
  }

  async question(place: ItemPlace): Promise<SampleQuestion | null> {
    const [chunk, at] = this.#at(place);
    return (await this.questions(place.set, chunk))[at] ?? null;
  }

  async answer({ set, row }: ItemPlace, model: number): Promise<SampleAnswer | null> {
    const [chunk, at] = this.#at({ set, row });
    return (await this.answers(set, model, chunk))[at] ?? null;
  }

  questions(set: number, chunk: number): Promise<readonly (SampleQuestion | null)[]> {
    return this.#read(SAMPLE_ELEMENTS.questions(set, chunk));
  }

  answers(set: number, model: number, chunk: number): Promise<readonly (SampleAnswer | null)[]> {
    return this.#read(SAMPLE_ELEMENTS.answers(set, model, chunk));
  }

  traces({ set, row }: ItemPlace, model: number): Promise<readonly SampleTrace[]> {
    return this.#read(SAMPLE_ELEMENTS.trace(set, model, row));
  }

  #at({ row }: ItemPlace): [chunk: number, at: number] {
    return [Math.floor(row / this.index.chunkItems), row % this.index.chunkItems];
  }

  #read<Entry>(id: string): Promise<readonly Entry[]> {
    const found = this.#decoded.get(id) ?? decodeChunk(dataOf(id));
    this.#decoded.delete(id);
    this.#decoded.set(id, found);
    const [oldest] = this.#decoded.keys();
    if (this.#decoded.size > KEPT && oldest !== undefined) this.#decoded.delete(oldest);
    return found as Promise<readonly Entry[]>;
  }
}

function dataOf(id: string): string {
  return JSON.parse(document.getElementById(id)?.textContent ?? '""');
}
