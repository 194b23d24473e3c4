/** Rows of fine-tuned models: the published layout (traps T26, T27 of the project's protocol notes) and what is too long. */
import { expect, it } from 'vitest';
import { fineTuned } from '../../core/wording.ts';
import { createTokenizer } from '../../tokenizers/create-tokenizer.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { lowerView } from './lower.ts';
import { sftRow } from './lower-row.ts';

const [BOS, SEP, EOS, PAD] = [1, 4, 2, 3];
const ROW = { bosId: BOS, sepId: SEP, eosId: EOS, padId: PAD, splitDigits: false, hiddenIds: [] };
const CUT = { canvas: 10, tooLong: 'cut-source' } as const;
const WHOLE = { canvas: 10, tooLong: 'unanswered' } as const;
const source = (n: number) => Array.from({ length: n }, (_, i) => 10 + i);
const target = (n: number) => Array.from({ length: n }, (_, i) => 50 + i);

/** One token a character, its code; LLaMA-like: encoding alone adds nothing here. */
const characters: Tokenizer = {
  digest: 'characters',
  size: 128,
  bosId: BOS,
  eosId: EOS,
  addsBos: true,
  encode: (text) =>
    (text.match(/\d+|\D/g) ?? []).map((piece) => (piece.length > 1 ? 100 + piece.length : piece.charCodeAt(0))),
  encodeWithOffsets: () => {
    throw new TypeError('rows encode pieces alone');
  },
  decode: (ids) => String.fromCharCode(...ids),
  token: (id) => String.fromCharCode(id),
  id: (token) => token.charCodeAt(0),
};

it.each([CUT, WHOLE])('is [BOS] source [SEP] target EOS PAD*, and all after SEP is the answer ($tooLong)', (layout) => {
  const { ids, scored } = sftRow(source(3), target(2), ROW, layout);
  expect([...ids]).toEqual([BOS, 10, 11, 12, SEP, 50, 51, EOS, PAD, PAD]);
  expect(scored).toEqual([5, 6, 7, 8, 9]);
});

it('leaves out what the model was not fine-tuned with, and pads with EOS where there is no padding', () => {
  const bare = { ...ROW, bosId: null, sepId: null, padId: null };
  const { ids, scored } = sftRow(source(3), target(2), bare, WHOLE);
  expect([...ids]).toEqual([10, 11, 12, 50, 51, EOS, EOS, EOS, EOS, EOS]);
  expect(scored[0]).toBe(3);
});

it('cuts the source from the left, after the target, as the published preprocessing', () => {
  expect([...sftRow(source(9), target(3), ROW, CUT).ids]).toEqual([BOS, 15, 16, 17, 18, SEP, 50, 51, 52, EOS]);
  // A target that fills the row leaves nothing to cut the source to: it stays whole, and the row loses its end.
  const { ids, scored } = sftRow(source(2), target(9), ROW, CUT);
  expect([...ids]).toEqual([BOS, 10, 11, SEP, 50, 51, 52, 53, 54, 55]);
  expect(scored).toEqual([4, 5, 6, 7, 8, 9]);
  expect(() => sftRow(source(20), target(9), ROW, CUT)).toThrow(expect.objectContaining({ code: 'context-overflow' }));
});

it('refuses to cut where a row must be whole, by one token', () => {
  expect(sftRow(source(5), target(2), ROW, WHOLE).ids).toHaveLength(10);
  expect(() => sftRow(source(6), target(2), ROW, WHOLE)).toThrow(/a row of 11 tokens does not fit.*canvas of 10/);
});

it('splits digits where the model was fine-tuned so', () => {
  const view = fineTuned('a12', '<<3*15=45>>', { canvas: 32, tooLong: 'unanswered' });
  const lowered = (splitDigits: boolean) => lowerView(view, characters, 64, { ...ROW, splitDigits })[0];
  const text = (splitDigits: boolean) =>
    String.fromCharCode(...(lowered(splitDigits)?.ids ?? []).filter((id) => id > EOS && id !== PAD && id !== SEP));
  expect(text(true)).toBe('a12<<3*15=45>>');
  expect(text(false)).toBe('af<<3*f=f>>');
  expect(lowered(true)?.scored[0]).toBe(5);
});

it('refuses a canvas that the model cannot read, and a view without the row', () => {
  const view = fineTuned('a', 'b', { canvas: 32, tooLong: 'unanswered' });
  expect(() => lowerView(view, characters, 31, ROW)).toThrow(expect.objectContaining({ code: 'context-overflow' }));
  expect(() => lowerView(view, characters, 64)).toThrow(TypeError);
});

it('takes a vocabulary of whole words, too', async () => {
  const named = ['<pad>', '<bos>', '<eos>', '<sep>', '<unk>'];
  const vocab = Object.fromEntries([...named, ...'0123456789+-*/=,'].map((word, id) => [word, id]));
  const added = named.map((content) => ({
    ...{ id: vocab[content] as number, content, special: true, single_word: false, lstrip: false, rstrip: false },
  }));
  const words = createTokenizer({
    source: 'words',
    json: {
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false },
      post_processor: null,
      decoder: { type: 'Fuse' },
      model: { type: 'WordPiece', vocab, unk_token: '<unk>', continuing_subword_prefix: '##' },
    },
    config: { bos_token: '<bos>', eos_token: '<eos>', pad_token: '<pad>', sep_token: '<sep>' },
  });
  const row = { bosId: 1, sepId: 3, eosId: 2, padId: 0, splitDigits: false, hiddenIds: [] };
  const view = fineTuned('1,2,3', '1+2=3', { canvas: 16, tooLong: 'unanswered' });
  const [lowered] = lowerView(view, words, 16, row);
  expect([...(lowered?.ids ?? [])].map((id) => words.token(id)).join('')).toBe(
    '<bos>1,2,3<sep>1+2=3<eos><pad><pad><pad>',
  );
  expect(lowered?.scored[0]).toBe(7);
});
