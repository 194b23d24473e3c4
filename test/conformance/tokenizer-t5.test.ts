/** `spiece.model` (T5): read from a small file made here, against the Rust library on the definition that comes out. */
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import { readSentencePieceModel } from '../../src/tokenizers/sentencepiece-model.ts';
import { t5Definition } from '../../src/tokenizers/t5-definition.ts';
import { inFolderWith } from '../golden/published-tokenizers.ts';
import { inBoth, outcomesOf } from './rust-tokenizer.ts';
import { characterMap, type Piece, unigramFile } from './sentencepiece-file.ts';
import { TEXTS } from './tokenizer-texts.ts';

const MAP = {
  ﬁ: 'fi',
  ﬂ: 'fl',
  '½': '1⁄2',
  '²': '2',
  '\t': ' ',
  '\n': ' ',
  '\u00a0': ' ',
  '\u0001': '',
  'e\u0301': 'é',
  '①': '1',
  漢: '汉',
};
const WORDS = [
  '▁',
  '▁the',
  'the',
  '▁Mo',
  'del',
  'é',
  'caf',
  'fi',
  '1',
  '⁄',
  '2',
  '12',
  '汉',
  '语',
  '▁▁',
  'о',
  'ва',
  'a',
  'e',
  's',
  't',
  '.',
];
const PIECES: readonly Piece[] = [
  { text: '<pad>', score: 0, type: 3 },
  { text: '</s>', score: 0, type: 3 },
  { text: '<unk>', score: 0, type: 2 },
  ...WORDS.map((text, at) => ({ text, score: -2 - at / 7, type: 1 })),
  { text: '<own>', score: 0, type: 4 },
];
const file = unigramFile(PIECES, characterMap(MAP));

describe('a T5-style model', () => {
  it.each([{}, { legacy: false }, { add_prefix_space: false }])(
    'gives what the Rust library gives: %j',
    async (config) => {
      const { json } = t5Definition(readSentencePieceModel(file, 'test'), config, 'test');
      const pair = inBoth(json, 'test');
      for (const text of TEXTS) {
        const { ours, rust } = await outcomesOf(pair, text);
        const shown = JSON.stringify(text);
        expect([shown, ours.ids, ours.text]).toEqual([shown, rust.ids, rust.text]);
      }
    },
  );

  it('is found in its folder, with its sentinels, and ends texts', async () => {
    const tokenizer = await inFolderWith({ 'spiece.model': file }, loadTokenizer);
    expect(tokenizer?.encode('the ﬁ  <extra_id_0>', { specialTokens: true })).toEqual([4, 3, 10, 125, 1]);
    expect([tokenizer?.size, tokenizer?.id('<extra_id_0>'), tokenizer?.eosId, tokenizer?.unknownId]).toEqual([
      126, 125, 1, 2,
    ]);
  });

  it('of another class is refused by its name', async () => {
    const files = { 'spiece.model': file, 'tokenizer_config.json': '{"tokenizer_class":"AlbertTokenizer"}' };
    await expect(inFolderWith(files, loadTokenizer)).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringMatching(/unigram model as T5 has it, but this one belongs to a AlbertTokenizer/),
    });
  });
});
