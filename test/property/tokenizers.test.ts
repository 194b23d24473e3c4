import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { spellBytes, splitWords, wordEnd } from '../../src/tokenizers/byte-level.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import { splitDigits } from '../../src/tokenizers/split-digits.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';
import { unitsOf } from '../../src/tokenizers/units.ts';
import { FAITHFUL, LOADING_MS, loadPublished, present, root, skipped } from '../golden/published-tokenizers.ts';

const plain = { specialTokens: false } as const;
const runs = { numRuns: 200, seed: 20241017 };

/** Any text, from single code points to emoji sequences; half of it looks like prose or code. */
const words = fc.constantFrom(
  ' the',
  ' cat',
  '  ',
  '\n',
  "'s",
  ' 12',
  '345',
  ' x',
  '=',
  '——',
  'é',
  '🦙',
  '\u0301',
  ' ,',
  '▂',
);
const texts = fc.oneof(
  fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** LLaMA writes blanks as U+2581 and cannot tell the two apart afterwards. */
const spelledSafely = (text: string) => !text.includes('▁') && !text.includes('<');

let tokenizer: (name: string) => Tokenizer;
beforeAll(async () => {
  tokenizer = await loadPublished();
}, LOADING_MS);

if (!present) it.skip(`GPT-2, LLaMA and stories260K have these properties too${skipped}`, () => {});

describe.each(FAITHFUL)('%s', (name) => {
  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(texts.filter(spelledSafely), (text) => {
        const decoded = tokenizer(name).decode(tokenizer(name).encode(text, plain), { skipSpecialTokens: false });
        expect(decoded).toBe(text);
      }),
      runs,
    );
  });

  it('covers the text in order, and neighbours that do not touch share one character', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { ids, starts, ends } = tokenizer(name).encodeWithOffsets(text);
        expect(ids).toEqual(tokenizer(name).encode(text, plain));
        expect([0, ...ends].at(-1)).toBe(text.length);
        ids.forEach((_, i) => {
          const [start = -1, end = -1, before = 0] = [starts[i], ends[i], i === 0 ? 0 : ends[i - 1]];
          expect(start).toBeLessThan(end);
          if (start !== before) expect([...text.slice(start, before)]).toHaveLength(1);
        });
      }),
      runs,
    );
  });
});

it('an encoding does not depend on what was encoded before', async () => {
  const fresh = await loadTokenizer(path.join(root, 'models/random-gpt2'));
  fc.assert(
    fc.property(texts, (text) => {
      expect(fresh?.encode(text, plain)).toEqual(tokenizer('tiny').encode(text, plain));
    }),
    runs,
  );
});

const modelSchema = z.object({
  model: z.object({ vocab: z.record(z.string(), z.number()), merges: z.array(z.string()) }),
});

it('the tiny tokenizer merges as the definition of byte-pair encoding says', async () => {
  const file = await readFile(path.join(root, 'models/random-gpt2/tokenizer.json'), 'utf8');
  const { vocab, merges } = modelSchema.parse(JSON.parse(file)).model;
  // The definition: each merge, in order of rank, is applied everywhere from left to right.
  const encodeWord = (word: string) => {
    let parts = [...spellBytes(word)];
    for (const merge of merges) {
      const [left, right] = merge.split(' ');
      const next: string[] = [];
      for (const part of parts) {
        if (part === right && next.at(-1) === left) next.push(`${next.pop()}${part} `);
        else next.push(part);
      }
      // The blank marks a fresh token, so that one pass does not merge it again.
      parts = next.map((part) => part.trimEnd());
    }
    return parts.map((part) => vocab[part]);
  };
  fc.assert(
    fc.property(texts.filter(spelledSafely), (text) => {
      expect(tokenizer('tiny').encode(text, plain)).toEqual(splitWords(text).flatMap(encodeWord));
    }),
    { ...runs, numRuns: 100 },
  );
});

it('words end where the pattern says', () => {
  const ascii = fc.string({ unit: fc.constantFrom(..." \t\n'.-asTt17é½\u00a0"), maxLength: 40 });
  fc.assert(
    fc.property(fc.oneof(texts, ascii), (text) => {
      const words: string[] = [];
      for (let at = 0; at < text.length; at += words.at(-1)?.length ?? 1)
        words.push(text.slice(at, wordEnd(text, unitsOf(text), at)));
      expect(words).toEqual(splitWords(text));
    }),
    { ...runs, numRuns: 2000 },
  );
});

it('words and digit pieces put together are the text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(splitWords(text).join('')).toBe(text);
      expect(splitDigits(text).join('')).toBe(text);
      for (const piece of splitDigits(text)) expect([...piece].length === 1 || !/\p{Nd}/u.test(piece)).toBe(true);
    }),
    runs,
  );
});
