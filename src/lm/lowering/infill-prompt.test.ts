import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { fimTokens, infillPrompt } from './infill-prompt.ts';

/** One id a character; special tokens are above 1,000,000. */
function characters(special: Readonly<Record<string, number>>, addsBos = false): Tokenizer {
  const encode = (text: string) => [...text].map((c) => c.codePointAt(0) as number);
  return {
    digest: '',
    size: 0,
    bosId: 1,
    eosId: 2,
    addsBos,
    encode,
    encodeWithOffsets: () => {
      throw new TypeError('not used');
    },
    decode: (ids) => String.fromCodePoint(...ids),
    token: (id) => String.fromCodePoint(id),
    id: (token) => special[token] ?? null,
  };
}

const STARCODER = { '<fim_prefix>': 2_000_001, '<fim_middle>': 2_000_002, '<fim_suffix>': 2_000_003 };
const CODE_LLAMA = { '▁<PRE>': 2_000_007, '▁<SUF>': 2_000_008, '▁<MID>': 2_000_009, '▁<EOT>': 2_000_010 };
const HOLE = { prefix: 'ab', suffix: 'z' };
const [a, b, z] = [97, 98, 122];

describe('fim', () => {
  it('puts prefix, suffix and middle in the order of PSM', () => {
    const { ids, endIds } = infillPrompt('fim-psm', HOLE, characters(STARCODER), 'once');
    expect([...ids]).toEqual([2_000_001, a, b, 2_000_003, z, 2_000_002]);
    expect(endIds).toEqual([2]);
  });

  it('puts the suffix first and lets the middle follow the prefix in SPM', () => {
    const { ids, endIds } = infillPrompt('fim-spm', HOLE, characters(CODE_LLAMA, true), 'once');
    expect([...ids]).toEqual([1, 2_000_007, 2_000_008, z, 2_000_009, a, b]);
    expect(endIds).toEqual([2, 2_000_010]);
  });

  it.each([
    [['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>']],
    [['<fim-prefix>', '<fim-suffix>', '<fim-middle>']],
    [['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>']],
  ])('finds %j', (names) => {
    const special = Object.fromEntries(names.map((name, i) => [name, i]));
    expect(fimTokens(characters(special))).toEqual({ prefix: 0, suffix: 1, middle: 2, end: null });
  });

  it.each(['fim-psm', 'fim-spm'] as const)('%s without such tokens is an error that says so', (method) => {
    const { '<fim_middle>': _, ...incomplete } = STARCODER;
    expect(() => infillPrompt(method, HOLE, characters(incomplete), 'once')).toThrow(
      expect.objectContaining({ code: 'not-supported', message: expect.stringContaining(method) }),
    );
  });
});

it('prefix: nothing but the prefix, after BOS where the model has one', () => {
  expect([...infillPrompt('prefix', HOLE, characters({}), 'once').ids]).toEqual([a, b]);
  expect([...infillPrompt('prefix', HOLE, characters({}, true), 'once').ids]).toEqual([1, a, b]);
  expect([...infillPrompt('prefix', HOLE, characters({}, true), 'none').ids]).toEqual([a, b]);
});

it('instruction: the published wording, with its trailing blank', () => {
  const { ids } = infillPrompt('instruction', HOLE, characters({}), 'none');
  expect(String.fromCodePoint(...ids)).toBe('The prefix is: ab and the suffix is: z, please return the middle code: ');
});
