/** Chunks in as much detail as there is room for. */
import { encodeChunk, encodeChunks, type SampleChunk } from './sample-chunk.ts';

/** A chunk of which the entries can be written at several levels. */
export interface LevelledChunk<Level> {
  readonly id: string;
  /** Its place among those of its set: where not all fit, each set keeps its first ones. */
  readonly at: number;
  readonly items: number;
  /** JSON of each entry, or null. */
  entries(level: Level): readonly string[];
}

export interface FittingChunks<Level> {
  /** All of them, in their order. Those that were left out hold nulls. */
  readonly chunks: readonly SampleChunk[];
  readonly level: Level;
  /** Items of the chunks that were left out, with the least detail. */
  readonly leftOut: number;
}

/** One chunk in so many is encoded to see how large all would be. */
const TRIED = 16;

/**
 * @param levels from the most detail to the least; the first that fits is taken, judged by every sixteenth chunk
 * @param room characters that all may have together. Where they come to more, the last chunks of every set are left out
 */
export async function fittingChunks<Level>(
  wanted: readonly LevelledChunk<Level>[],
  levels: readonly [Level, ...Level[]],
  room: number,
): Promise<FittingChunks<Level>> {
  const tried = wanted.filter((_, at) => at % TRIED === 0);
  const encode = (chunks: readonly LevelledChunk<Level>[], level: Level) =>
    encodeChunks(chunks.map(({ id, entries }) => ({ id, json: () => `[${entries(level).join(',')}]` })));
  const fits = async (level: Level) =>
    (charactersOf(await encode(tried, level)) * wanted.length) / Math.max(1, tried.length) <= room;
  let at = 0;
  while (at < levels.length - 1 && !(await fits(levels[at] as Level))) at++;
  const level = levels[at] as Level;
  return { level, ...(await firstOnes(wanted, await encode(wanted, level), room)) };
}

async function firstOnes(
  wanted: readonly LevelledChunk<never>[],
  encoded: readonly SampleChunk[],
  room: number,
): Promise<Pick<FittingChunks<never>, 'chunks' | 'leftOut'>> {
  if (charactersOf(encoded) <= room) return { chunks: encoded, leftOut: 0 };
  const chunks = [...encoded];
  let used = charactersOf(encoded);
  let leftOut = 0;
  const lastFirst = [...wanted.entries()].sort(([, a], [, b]) => b.at - a.at);
  for (const [place, { id, items }] of lastFirst) {
    if (used <= room) break;
    const empty = { id, data: await encodeChunk(new Array(items).fill(null)) };
    used += empty.data.length - (chunks[place] as SampleChunk).data.length;
    chunks[place] = empty;
    leftOut += items;
  }
  return { chunks, leftOut };
}

/** Of all together. */
export const charactersOf = (chunks: readonly SampleChunk[]): number =>
  chunks.reduce((sum, { data }) => sum + data.length, 0);
