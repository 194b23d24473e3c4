import { expect, it } from 'vitest';
import { CANONICAL_TEXT } from './continuation-text.ts';
import { rowText, writtenText } from './written-text.ts';

const [SEP, EOS, PAD] = [4, 2, 3];
const ROW = { bosId: 1, sepId: SEP, eosId: EOS, padId: PAD, splitDigits: false, hiddenIds: [SEP] };
const SPECIAL = [1, EOS];
/** Ids are character codes; 1 and 2 are special, padding and separator are not. */
const tokenizer = {
  digest: 'codes',
  size: 128,
  bosId: 1,
  eosId: EOS,
  addsBos: true,
  encode: (text: string) => [...text].map((each) => each.charCodeAt(0)),
  encodeWithOffsets: () => ({ ids: [], starts: [], ends: [] }),
  decode: (ids: readonly number[], { skipSpecialTokens }: { skipSpecialTokens: boolean }) =>
    ids
      .filter((id) => !(skipSpecialTokens && SPECIAL.includes(id)))
      .map((id) => (id === PAD ? '¨' : id === SEP ? '=' : String.fromCharCode(id)))
      .join(''),
  token: () => null,
  id: () => null,
};
const ids = (text: string) => tokenizer.encode(text);
const text = (written: readonly number[], form: 'canonical' | 'paper') =>
  rowText(tokenizer, written, { form, stops: [] }, ROW);

it('ends a canonical text at the first EOS', () => {
  const written = [...ids('1+1=2'), EOS, ...ids('#9'), PAD];
  expect(text(written, 'canonical')).toEqual({ text: '1+1=2', tokens: 5 });
  expect(text(ids('ab'), 'canonical')).toEqual({ text: 'ab', tokens: 2 });
  expect(text([EOS, 65], 'canonical')).toEqual({ text: '', tokens: 0 });
});

it('keeps what follows EOS under paper, without padding at the end', () => {
  const written = [...ids('#### 4'), PAD, ...ids('4'), EOS, ...ids(' .'), SEP, PAD, PAD];
  expect(text(written, 'paper')).toEqual({ text: '#### 4¨4.', tokens: 12 });
  expect(text([PAD, PAD], 'paper')).toEqual({ text: '', tokens: 0 });
});

it('drops EOS at the end where rows are padded with it', () => {
  const row = { ...ROW, padId: EOS };
  const written = [...ids('42'), EOS, EOS];
  expect(rowText(tokenizer, written, { form: 'paper', stops: [] }, row)).toEqual({ text: '42', tokens: 2 });
});

it('counts the tokens of a canvas up to the one that ends its text', () => {
  const writing = { length: 8, steps: 'as-set', form: 'canonical', temperature: 'argmax', stops: [';'] } as const;
  const of = (written: readonly number[], endIds: readonly number[]) =>
    writtenText(tokenizer, Int32Array.from(ids('x = ')), written, { writing, endIds, sft: null }, CANONICAL_TEXT);
  const written = [...ids('1;2'), EOS, ...ids('34')];
  expect(of(written, [EOS])).toEqual({ text: '1', tokens: 3 });
  expect(of(ids('1234'), [EOS])).toEqual({ text: '1234', tokens: 4 });
  expect(of(written, []).tokens).toBe(6);
});
