import { describe, expect, it } from 'vitest';
import { type Example, scored, visible } from '../core/question.ts';
import { bothFamilies, choose, joint } from '../core/wording.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { type CheckedData, checkData } from './data-checks.ts';

const BOS = 1;
/** One token a letter; the id is its code. */
const LETTERS: Tokenizer = {
  digest: '',
  size: 128,
  bosId: BOS,
  eosId: null,
  addsBos: true,
  encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
  encodeWithOffsets: (text) => ({
    ids: Array.from(text, (letter) => letter.charCodeAt(0)),
    starts: Array.from(text, (_, i) => i),
    ends: Array.from(text, (_, i) => i + 1),
  }),
  decode: () => '',
  token: (id) => String.fromCharCode(id),
  id: () => null,
};
/** Its post-processor puts a BOS in front, asked or not. */
const EAGER: Tokenizer = {
  ...LETTERS,
  encodeWithOffsets: (text) => {
    const { ids, starts, ends } = LETTERS.encodeWithOffsets(text);
    return { ids: [BOS, ...ids], starts: [0, ...starts], ends: [0, ...ends] };
  },
};
/** Drops the letters of the answer. */
const DEAF: Tokenizer = { ...LETTERS, encodeWithOffsets: () => ({ ids: [81], starts: [0], ends: [2] }) };

const examples = ['yes', 'no', 'maybe'].map((answer, index): Example => {
  const view = joint([[visible('Q:'), scored(` ${answer}`)]]);
  return { id: `row-${index}`, index, question: choose([answer], 0, bothFamilies(view)) };
});

const CLEAN: CheckedData = {
  family: 'diffusion',
  protocol: 'canonical',
  tokenizer: LETTERS,
  vocabularyRows: 129,
  contextLength: 64,
  maskId: 128,
  sft: null,
  examples,
};
const found = (changes: Partial<CheckedData>) =>
  checkData({ ...CLEAN, ...changes }).filter(({ state }) => state !== 'ok' && state !== 'skipped');

it('finds nothing where all goes together', () => {
  expect(found({})).toEqual([]);
  expect(found({ family: 'autoregressive', maskId: null })).toEqual([]);
});

describe('a fault is found', () => {
  it('T16: a mask that is a token of the text', () => {
    expect(found({ maskId: 'y'.charCodeAt(0) })).toEqual([
      expect.objectContaining({ name: 'mask-id', state: 'warning', ids: ['row-0', 'row-2'] }),
    ]);
  });

  it('a mask that is no token', () => {
    expect(found({ maskId: 500 })).toEqual([expect.objectContaining({ name: 'mask-id', state: 'error' })]);
    expect(found({ maskId: null })).toEqual([expect.objectContaining({ name: 'mask-id', state: 'error' })]);
  });

  it('a mask that begins or ends texts', () => {
    expect(found({ maskId: BOS })).toEqual([
      expect.objectContaining({ name: 'mask-id', state: 'warning', found: expect.stringContaining('is the BOS') }),
    ]);
    expect(found({ maskId: 3, tokenizer: { ...LETTERS, eosId: 3 } })).toEqual([
      expect.objectContaining({ name: 'mask-id', state: 'warning', found: expect.stringContaining('is the EOS') }),
    ]);
  });

  it('T21: BOS twice, but where the published scripts put it', () => {
    expect(found({ tokenizer: EAGER })).toEqual([
      expect.objectContaining({ name: 'double-bos', state: 'warning', ids: ['row-0', 'row-1', 'row-2'] }),
    ]);
    expect(found({ tokenizer: EAGER, protocol: 'paper' })).toEqual([]);
  });

  it('answers without a token', () => {
    expect(found({ tokenizer: DEAF })).toEqual([expect.objectContaining({ name: 'empty-answer', state: 'error' })]);
    const half: Tokenizer = {
      ...LETTERS,
      encodeWithOffsets: (text) => (text.includes('no') ? DEAF : LETTERS).encodeWithOffsets(text),
    };
    expect(found({ tokenizer: half })).toEqual([
      expect.objectContaining({ name: 'empty-answer', state: 'warning', ids: ['row-1'] }),
    ]);
  });

  it('tokens that the network has no row for', () => {
    expect(found({ vocabularyRows: 110, maskId: 5 })).toEqual([
      expect.objectContaining({ name: 'vocabulary', state: 'error', code: 'bad-tokenizer' }),
    ]);
    expect(found({ vocabularyRows: 125, maskId: 5 })).toEqual([
      expect.objectContaining({ name: 'vocabulary', state: 'warning' }),
    ]);
  });

  it('a tokenizer far smaller than the network', () => {
    expect(found({ vocabularyRows: 32000 })).toEqual([
      expect.objectContaining({ name: 'vocabulary', state: 'warning' }),
    ]);
    expect(found({ vocabularyRows: 192 })).toEqual([]);
  });
});
