/**
 * The character map of a SentencePiece model: a trie over UTF-8 (a double array) into a list of replacements.
 *
 * @source google/sentencepiece, `normalizer.cc`; huggingface/spm_precompiled, which decides what a character is
 */
import { z } from 'zod';
import { type Edit, type Rewrite, rewriteBy } from './rewrite.ts';

/** Clusters of more bytes are looked up character by character. */
const LONGEST_CLUSTER = 5;
const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });
const utf8 = new TextEncoder();

/**
 * @param bytes length of the trie in bytes (32 bit), the trie, the replacements, each ended by a zero
 * @throws ZodError for bytes that are too short for what they announce
 */
export function precompiledMap(bytes: Uint8Array): Rewrite {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const trieBytes = bytes.length < 4 ? -1 : view.getUint32(0, true);
  z.number()
    .nonnegative('a character map that was cut off')
    .max(bytes.length - 4)
    .parse(trieBytes);
  const trie = Uint32Array.from({ length: trieBytes >> 2 }, (_, unit) => view.getUint32(4 + 4 * unit, true));
  const replacements = bytes.subarray(4 + trieBytes);
  const remembered = new Map<string, string | null>();
  const replacementOf = (chunk: string): string | null => {
    const known = remembered.get(chunk);
    if (known !== undefined) return known;
    const found = lookUp(trie, replacements, utf8.encode(chunk));
    remembered.set(chunk, found);
    return found;
  };
  return rewriteBy((text) => mapEdits(text, replacementOf));
}

function mapEdits(text: string, replacementOf: (chunk: string) => string | null): readonly Edit[] {
  const edits: Edit[] = [];
  const rewritten = (chunk: string, from: number): boolean => {
    const to = replacementOf(chunk);
    if (to !== null) edits.push({ from, to: from + chunk.length, text: to });
    return to !== null;
  };
  for (const { segment, index } of clusters.segment(text)) {
    if (Buffer.byteLength(segment) <= LONGEST_CLUSTER && rewritten(segment, index)) continue;
    let at = index;
    for (const character of segment) {
      rewritten(character, at);
      at += character.length;
    }
  }
  return edits;
}

const valueIn = (unit: number) => unit & 0x7fffffff;
const hasLeaf = (unit: number) => ((unit >>> 8) & 1) === 1;
const labelIn = (unit: number) => (unit & 0x800000ff) >>> 0;
const offsetIn = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);

/** The replacement of the shortest beginning of `key` that has one, as the published library takes it. */
function lookUp(trie: Uint32Array, replacements: Uint8Array, key: Uint8Array): string | null {
  let node = offsetIn(trie[0] ?? 0);
  for (const byte of key) {
    if (byte === 0) return null;
    node ^= byte;
    const unit = trie[node] ?? 0;
    if (labelIn(unit) !== byte) return null;
    node ^= offsetIn(unit);
    if (!hasLeaf(unit)) continue;
    const start = valueIn(trie[node] ?? 0);
    const end = replacements.indexOf(0, start);
    return new TextDecoder().decode(replacements.subarray(start, end < 0 ? undefined : end));
  }
  return null;
}
