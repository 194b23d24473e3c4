import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';
import { NASTY_STRINGS } from './nasty-strings.ts';
import {
  FAITHFUL,
  inFolderWith,
  LOADING_MS,
  loadPublished,
  present,
  skipped,
  vocabularies,
} from './published-tokenizers.ts';

const plain = { specialTokens: false } as const;
const whole = { skipSpecialTokens: false } as const;

let tokenizer: (name: string) => Tokenizer;
beforeAll(async () => {
  tokenizer = await loadPublished();
}, LOADING_MS);

describe('nasty strings', () => {
  it('are about 200 and all different', () => {
    expect(NASTY_STRINGS.length).toBeGreaterThanOrEqual(200);
    expect(new Set(NASTY_STRINGS).size).toBe(NASTY_STRINGS.length);
  });

  it.each(FAITHFUL)('%s decodes what it encoded, with U+FFFD for a lone surrogate', (name) => {
    for (const text of NASTY_STRINGS) {
      const ids = tokenizer(name).encode(text, plain);
      expect(tokenizer(name).decode(ids, whole)).toBe(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
    }
  });

  it.each([...FAITHFUL, ...(present ? ['nfc'] : [])])('%s covers every character once, in order', (name) => {
    for (const text of NASTY_STRINGS) {
      const { ids, starts, ends } = tokenizer(name).encodeWithOffsets(text);
      expect(ids).toEqual(tokenizer(name).encode(text, plain));
      expect([starts.length, ends.length]).toEqual([ids.length, ids.length]);
      if (text === '') continue;
      expect([starts[0], ends.at(-1)]).toEqual([0, text.length]);
      for (const [i, start] of starts.slice(1).entries()) {
        const end = ends[i] ?? -1;
        // Neighbours touch, or share one character (one cluster that was composed, for NFC).
        if (start !== end && name !== 'nfc') expect([...text.slice(start, end)]).toHaveLength(1);
        expect(start).toBeLessThanOrEqual(end);
      }
    }
  });

  it.skipIf(!present)(`white space means what it means to Python and Rust, not to JavaScript${skipped}`, () => {
    const shown = (text: string) => tokenizer('gpt2').encodeWithOffsets(text).starts;
    // U+0085 is white space, so "b" is a word of its own; U+FEFF is not, so " \ufeff" is one word (of bytes).
    expect(shown(' \u0085b')).toEqual([0, 1, 1, 2]);
    expect(tokenizer('gpt2').encode(' \ufeff', plain)).not.toContain(220);
  });

  it.skipIf(!present)(`digits are numbers of every kind, also beside ByteLevel${skipped}`, async () => {
    const json = gunzipSync(await readFile(path.join(vocabularies, 'gpt2/tokenizer.json.gz'))).toString();
    const byteLevel = { type: 'ByteLevel', add_prefix_space: false };
    const step = { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel] };
    const changed = JSON.stringify({ ...JSON.parse(json), pre_tokenizer: step });
    const digits = await inFolderWith({ 'tokenizer.json': changed }, loadTokenizer);
    expect(digits?.encode('Bake it for 1 ½ hours', plain).slice(-3)).toEqual([220, 23141, 2250]);
    expect(digits?.encode(' \ufeff', plain)).toEqual(tokenizer('gpt2').encode(' \ufeff', plain));
  });

  it.skipIf(!present)(`characters that LLaMA lacks are spelled as bytes, broken bytes as U+FFFD${skipped}`, () => {
    const llama = tokenizer('llama');
    expect(llama.encode('🪿', plain)).toEqual([29871, 243, 162, 173, 194]);
    expect(llama.encodeWithOffsets('🪿').ends).toEqual([2, 2, 2, 2, 2]);
    expect(llama.decode([243, 162, 173, 194], whole)).toBe('🪿');
    expect(llama.decode([243, 162, 173], whole)).toBe('\ufffd\ufffd\ufffd');
    expect(llama.decode([], whole)).toBe('');
  });
});

describe('offsets', () => {
  it.skipIf(!present)(`find the token that crosses the border between context and answer${skipped}`, () => {
    const text = 'Question: why?\nAnswer: because';
    for (const name of ['gpt2', 'llama']) {
      const { ids, starts, ends } = tokenizer(name).encodeWithOffsets(text);
      const border = text.indexOf(' because');
      const first = ends.findIndex((end) => end > border);
      expect(starts[first]).toBe(border);
      expect(ids.slice(first).map((id) => tokenizer(name).token(id))).toEqual([
        name === 'gpt2' ? 'Ġbecause' : '▁because',
      ]);
      // The border before the word itself lies inside that token.
      expect([starts[first], ends[first]]).toEqual([border, text.length]);
    }
  });

  it.skipIf(!present)(`count the blank that LLaMA inserts as part of the first character${skipped}`, () => {
    const { ids, starts, ends } = tokenizer('llama').encodeWithOffsets('1 apple');
    expect(ids.map((id) => tokenizer('llama').token(id))).toEqual(['▁', '1', '▁apple']);
    expect([starts, ends]).toEqual([
      [0, 0, 1],
      [1, 1, 7],
    ]);
  });

  it.skipIf(!present)(`follow a normalizer that composes characters${skipped}`, () => {
    const text = 'cafe\u0301 au lait';
    const { starts, ends } = tokenizer('nfc').encodeWithOffsets(text);
    expect(ends.at(-1)).toBe(text.length);
    expect(starts).toContain(5);
    expect(starts).not.toContain(4);
  });
});
