import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from '../../test/golden/published-tokenizers.ts';
import { createTokenizer } from './create-tokenizer.ts';
import { parseTokenizerConfig, parseTokenizerJson } from './definition.ts';

const plain = { specialTokens: false } as const;
const whole = { skipSpecialTokens: false } as const;
const jsonSchema = z.looseObject({});
const tiny = jsonSchema.parse(JSON.parse(await readFile(path.join(root, 'models/random-gpt2/tokenizer.json'), 'utf8')));

const tokenizerWith = (parts: object) =>
  createTokenizer({
    source: 'f.json',
    json: parseTokenizerJson({ ...tiny, ...parts }, 'f.json'),
    config: parseTokenizerConfig({}, ''),
  });

const LETTERS = { type: 'BPE', vocab: { '▁': 0, a: 1, b: 2, '▁a': 3, '<0x0A>': 4 }, merges: ['▁ a'] };
const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };

describe('stages', () => {
  it.each<[string, object, string, RegExp]>([
    [
      'an unknown pre-tokenizer',
      { pre_tokenizer: { type: 'UnicodeScripts' } },
      'not-supported',
      /pre-tokenizer.*ByteLevel.*"UnicodeScripts"/,
    ],
    [
      'an unknown normalizer in a Sequence',
      { normalizer: { type: 'Sequence', normalizers: [{ type: 'Magic' }] } },
      'not-supported',
      /normalizer.*"Magic"/,
    ],
    ['an unknown decoder', { decoder: { type: 'CTC' } }, 'not-supported', /decoder.*"CTC"/],
    ['an unknown post-processor', { post_processor: { type: 'Magic' } }, 'not-supported', /post-processor.*"Magic"/],
    [
      'a post-processor in a Sequence whose fields are others',
      { post_processor: { type: 'Sequence', processors: [{ type: 'TemplateProcessing', single: '<s> $A' }] } },
      'bad-tokenizer',
      /post-processor TemplateProcessing, `single`/,
    ],
    [
      'a post-processor with a token of another tokenizer',
      { post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '<s>' } }] } },
      'bad-tokenizer',
      /its post-processor adds "<s>", which is no token of it/,
    ],
    [
      'a decoder that cannot be',
      { decoder: { type: 'Strip', content: ' ', start: -1, stop: 0 } },
      'bad-tokenizer',
      /decoder Strip, `start`/,
    ],
    ['a pattern without counterpart', { pre_tokenizer: splitAt('a\\Kb') }, 'not-supported', /found \\K in "a\\\\Kb"/],
    ['a group without an end', { pre_tokenizer: splitAt('(a') }, 'not-supported', /a group without an end/],
    ['dropout', { model: { ...LETTERS, dropout: 0.1 } }, 'not-supported', /without dropout, found `dropout` 0\.1/],
    [
      'a merge of nothing',
      { model: { ...LETTERS, merges: ['a c'] } },
      'bad-tokenizer',
      /merge 1 needs "c", which the vocabulary lacks/,
    ],
  ])('that cannot be made are refused by name: %s', (_, parts, code, message) => {
    expect(() => tokenizerWith({ added_tokens: [], ...parts })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('post-processors in a Sequence go around each other', () => {
    const around = (id: number) => {
      const [token, text] = [{ SpecialToken: { id: 'x' } }, { Sequence: { id: 'A' } }];
      return { type: 'TemplateProcessing', single: [token, text, token], special_tokens: { x: { ids: [id] } } };
    };
    const post_processor = { type: 'Sequence', processors: [{ type: 'ByteLevel' }, around(1), around(2)] };
    expect(tokenizerWith({ post_processor }).encode('', { specialTokens: true })).toEqual([2, 1, 1, 2]);
  });

  it('a Strip decoder that takes more than there is leaves nothing', () => {
    const strip = { type: 'Strip', content: ' ', start: 3, stop: 3 };
    const decoder = {
      type: 'Sequence',
      decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, strip],
    };
    const tokenizer = tokenizerWith({ added_tokens: [], pre_tokenizer: null, model: LETTERS, decoder });
    expect([tokenizer.decode([0], whole), tokenizer.decode([0, 1], whole), tokenizer.decode([], whole)]).toEqual([
      '',
      'a',
      '',
    ]);
  });

  it('Metaspace cuts at blanks unless told not to, and its decoder keeps a blank that nothing put there', () => {
    const merged = { ...LETTERS, merges: ['▁ a', 'a ▁'], vocab: { ...LETTERS.vocab, 'a▁': 5 } };
    const ids = (step: object) =>
      tokenizerWith({ added_tokens: [], pre_tokenizer: step, model: merged, decoder: step }).encode('aa b', plain);
    expect(ids(metaspace)).toEqual([3, 1, 0, 2]);
    expect(ids({ ...metaspace, split: false })).toEqual([3, 5, 2]);
    const never = { ...metaspace, prepend_scheme: 'never' };
    const text = (decoder: object) =>
      tokenizerWith({ added_tokens: [], model: LETTERS, decoder }).decode([3, 2], whole);
    expect([text(metaspace), text(never)]).toEqual(['ab', ' ab']);
  });

  it('an unknown character is covered as one', () => {
    const model = { ...LETTERS, vocab: { ...LETTERS.vocab, '?': 5 }, unk_token: '?' };
    const tokenizer = tokenizerWith({ added_tokens: [], pre_tokenizer: metaspace, model, decoder: metaspace });
    expect(tokenizer.encodeWithOffsets('a🦙b')).toEqual({ ids: [3, 5, 2], starts: [0, 1, 3], ends: [1, 3, 4] });
  });
});

function splitAt(Regex: string): object {
  return { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false };
}
