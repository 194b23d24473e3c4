import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolderWith, root } from '../../test/golden/published-tokenizers.ts';
import { loadTokenizer } from './load.ts';

const whole = { skipSpecialTokens: false } as const;

describe('loading', () => {
  it('gives null for a folder without tokenizer files, or no folder', async () => {
    expect(await inFolderWith({ 'config.json': '{}' }, loadTokenizer)).toBeNull();
    expect(await loadTokenizer(path.join(tmpdir(), 'no-such-folder'))).toBeNull();
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['one file of two', { 'vocab.json': '{"a":0}' }, 'missing-tokenizer', /expected merges\.txt beside vocab\.json/],
    ['the other of two', { 'vocab.bpe': 'a b' }, 'missing-tokenizer', /expected vocab\.json beside vocab\.bpe/],
    ['a configuration alone', { 'tokenizer_config.json': '{}' }, 'missing-tokenizer', /expected tokenizer\.json/],
    [
      'text that is not JSON',
      { 'tokenizer.json': 'version https://git-lfs' },
      'bad-tokenizer',
      /tokenizer\.json: expected JSON/,
    ],
    ['JSON of something else', { 'tokenizer.json': '{"a":1}' }, 'bad-tokenizer', /`model`/],
    [
      'an unknown model',
      { 'tokenizer.json': '{"model":{"type":"Magic","vocab":{}}}' },
      'bad-tokenizer',
      /BPE, WordPiece, Unigram or WordLevel/,
    ],
    [
      'a broken merge',
      { 'vocab.json': '{"a":0}', 'merges.txt': '#version: 0.2\na b c' },
      'bad-tokenizer',
      /merges\.txt, line 2/,
    ],
    [
      'ids that are not numbers',
      { 'vocab.json': '{"a":"0"}', 'merges.txt': '' },
      'bad-tokenizer',
      /vocab\.json: expected/,
    ],
    [
      'bytes that are no SentencePiece',
      { 'tokenizer.model': 'hello there' },
      'bad-tokenizer',
      /expected a SentencePiece/,
    ],
  ])('names the file and what was expected: %s', async (_, files, code, message) => {
    await expect(inFolderWith(files, loadTokenizer)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('adds tokens that only the configuration knows', async () => {
    const config = { added_tokens_decoder: { 512: { content: '[¨M¨]', special: true } }, mask_token: '[¨M¨]' };
    const json = await readFile(path.join(root, 'models/random-gpt2/tokenizer.json'), 'utf8');
    const files = { 'tokenizer.json': json, 'tokenizer_config.json': JSON.stringify(config) };
    const loaded = await inFolderWith(files, loadTokenizer);
    expect([loaded?.size, loaded?.token(512)]).toEqual([513, '[¨M¨]']);
    expect(loaded?.decode([64, 512, 65], whole)).toBe('a[¨M¨]b');
    expect(loaded?.decode([64, 512, 65], { skipSpecialTokens: true })).toBe('ab');
  });

  it('digests everything that can change an encoding, and nothing else', async () => {
    const json = JSON.parse(await readFile(path.join(root, 'models/random-gpt2/tokenizer.json'), 'utf8'));
    const digestWith = async (change: object) => {
      const files = { 'tokenizer.json': JSON.stringify({ ...json, ...change }) };
      return (await inFolderWith(files, loadTokenizer))?.digest;
    };
    const byteLevel = { type: 'ByteLevel', add_prefix_space: false };
    const same = [
      {},
      { version: '2.0' },
      { pre_tokenizer: byteLevel },
      { model: { ...json.model, dropout: undefined } },
    ];
    const other = [
      { model: { ...json.model, merges: json.model.merges.slice(0, -1) } },
      { model: { ...json.model, merges: json.model.merges.toReversed() } },
      { model: { ...json.model, vocab: { ...json.model.vocab, extra: 600 } } },
      { normalizer: { type: 'NFC' } },
      { pre_tokenizer: { ...byteLevel, use_regex: false } },
      { pre_tokenizer: { ...byteLevel, add_prefix_space: true } },
      { added_tokens: [] },
    ];
    expect(new Set(await Promise.all(same.map(digestWith))).size).toBe(1);
    expect(new Set(await Promise.all([{}, ...other].map(digestWith))).size).toBe(other.length + 1);
  });
});
