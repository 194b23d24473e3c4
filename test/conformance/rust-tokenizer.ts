/** The Rust library of Hugging Face, which this project's tokenizers are held against. */
import { Tokenizer as Library } from '@anush008/tokenizers';
import { expect } from 'vitest';
import { createTokenizer } from '../../src/tokenizers/create-tokenizer.ts';
import { parseTokenizerConfig, parseTokenizerJson } from '../../src/tokenizers/definition.ts';
import type { OffsetEncoding, Tokenizer } from '../../src/tokenizers/tokenizer.ts';

const plain = { specialTokens: false } as const;
const whole = { skipSpecialTokens: false } as const;

export interface Pair {
  readonly ours: Tokenizer;
  readonly rust: Library;
}

/** One definition in both. The post-processor is left out: it trims offsets, and frames are compared elsewhere. */
export function inBoth(definition: object, name: string): Pair {
  const value = { version: '1.0', truncation: null, padding: null, ...definition, post_processor: null };
  const ours = createTokenizer({
    source: name,
    json: parseTokenizerJson(structuredClone(value), name),
    config: parseTokenizerConfig({}, name),
  });
  return { ours, rust: Library.fromString(JSON.stringify(value)) };
}

/** What one text gives. */
export interface Outcome extends OffsetEncoding {
  readonly text: string;
}

export async function outcomesOf({ ours, rust }: Pair, text: string): Promise<{ ours: Outcome; rust: Outcome }> {
  const encoding = await rust.encode(text, null, { addSpecialTokens: false });
  const ids = encoding.getIds();
  const units = unitsOfPoints(text);
  const offsets = encoding.getOffsets().map((pair) => pair.map((point) => units[point] as number));
  const mine = ours.encodeWithOffsets(text);
  expect(ours.encode(text, plain)).toEqual(mine.ids);
  return {
    ours: { ...mine, text: ours.decode(ids, whole) },
    rust: {
      ids,
      starts: offsets.map(([start]) => start as number),
      ends: offsets.map(([, end]) => end as number),
      text: await rust.decode(ids, false),
    },
  };
}

/** The library counts code points, JavaScript UTF-16 code units. */
function unitsOfPoints(text: string): readonly number[] {
  const units = [0];
  for (const character of text) units.push((units.at(-1) as number) + character.length);
  return units;
}
