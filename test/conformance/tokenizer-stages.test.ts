/**
 * Every stage of `tokenizer.json` against the Rust library of Hugging Face, on small vocabularies: ids, decoded
 * texts, and that the characters which the tokens cover are the text. What differs, and is meant to, is named here:
 *
 * - graphemes of `Precompiled` are those of the Unicode version of the running Node;
 * - added tokens stand for themselves when bytes are decoded, also where their characters spell bytes;
 * - a `Strip` decoder that takes more than there is leaves nothing (the library ends the process);
 * - a pattern that JavaScript has no counterpart of, `UnicodeScripts` and `CTC` are refused.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root } from '../golden/published-tokenizers.ts';
import { inBoth, outcomesOf } from './rust-tokenizer.ts';
import { TEXTS } from './tokenizer-texts.ts';

const LETTERS = [...new Set(TEXTS.join(''))].filter((letter) => /[\p{L}\p{N}\p{P}▁]/u.test(letter)).slice(0, 400);
const PIECES = [
  'the',
  'th',
  'he',
  'Mod',
  'el',
  'odel',
  '▁the',
  '▁M',
  '▁▁',
  '12',
  '45',
  'ра',
  '##s',
  '##e',
  '##к',
  'ing',
  ' ',
];
const TOKENS = ['<unk>', '[UNK]', ...LETTERS, ...PIECES, ...LETTERS.map((letter) => `##${letter}`)];
const VOCAB = Object.fromEntries([...new Set(TOKENS)].map((token, id) => [token, id]));
const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const WITH_BYTES = Object.fromEntries([...Object.keys(VOCAB), ...BYTES].map((token, id) => [token, id]));
const SCORES = [...Object.keys(VOCAB), ...BYTES].map((token, id) => [
  token,
  id === 0 ? 0 : -1 - (id % 17) / 3 - 2 / token.length,
]);
const UNKNOWN = SCORES.findIndex(([token]) => token === '<unk>');
const unigram = (unk_id: number, byte_fallback = false) => ({ type: 'Unigram', vocab: SCORES, unk_id, byte_fallback });
const MERGES = ['t h', 'h e', 'e l', '▁ ▁', 'th e', 'o d', 'od el', '1 2', '4 5', 'р а'].filter((merge) =>
  [...merge.split(' '), merge.replace(' ', '')].every((token) => Object.hasOwn(VOCAB, token)),
);

const bpe = { type: 'BPE', vocab: VOCAB, merges: MERGES, unk_token: '<unk>', fuse_unk: false, byte_fallback: false };
const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const spelled = { ...byteLevel, use_regex: false };
const digits = { type: 'Digits', individual_digits: true };
const splitAt = (pattern: object, behavior: string, invert = false) => ({ type: 'Split', pattern, behavior, invert });
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });
const chain = (...normalizers: object[]) => ({ type: 'Sequence', normalizers });
const links = (...decoders: object[]) => ({ type: 'Sequence', decoders });
const bertNormalizer = {
  type: 'BertNormalizer',
  clean_text: true,
  handle_chinese_chars: true,
  strip_accents: null,
  lowercase: true,
};

type Parts = Readonly<Record<string, object | null>>;
const added = (content: string, flags: object) => ({
  ...{
    id: 900 + content.length,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  },
  ...flags,
});

const MODELS: readonly [string, Parts][] = [
  ['BPE with unknown tokens', { model: bpe }],
  ['BPE that fuses unknown tokens', { model: { ...bpe, fuse_unk: true } }],
  ['BPE that falls back to bytes', { model: { ...bpe, vocab: WITH_BYTES, byte_fallback: true, fuse_unk: true } }],
  ['BPE without an unknown token', { model: { ...bpe, unk_token: null } }],
  ['BPE that ignores merges', { model: { ...bpe, ignore_merges: true }, pre_tokenizer: metaspace }],
  [
    'BPE with a prefix inside words',
    { model: { ...bpe, merges: [], continuing_subword_prefix: '##' }, pre_tokenizer: metaspace },
  ],
  ['Unigram', { model: unigram(UNKNOWN), pre_tokenizer: metaspace }],
  ['Unigram whose unknown token stands in texts', { model: unigram(VOCAB['1'] ?? 0), pre_tokenizer: metaspace }],
  ['Unigram over whole texts', { model: unigram(UNKNOWN) }],
  ['Unigram with bytes', { model: unigram(UNKNOWN, true), pre_tokenizer: metaspace }],
  [
    'WordPiece',
    {
      model: {
        type: 'WordPiece',
        vocab: VOCAB,
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 8,
      },
      normalizer: bertNormalizer,
      pre_tokenizer: { type: 'BertPreTokenizer' },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    },
  ],
  [
    'WordLevel',
    { model: { type: 'WordLevel', vocab: VOCAB, unk_token: '<unk>' }, pre_tokenizer: { type: 'Whitespace' } },
  ],
];

const CUTS: readonly [string, object][] = [
  ['Digits, each by itself', sequence(digits, byteLevel)],
  ['Digits together', sequence({ ...digits, individual_digits: false }, byteLevel)],
  ['Digits after ByteLevel', sequence(byteLevel, digits, splitAt({ Regex: '[0-9][0-9][0-9]' }, 'Isolated'))],
  ['Punctuation, then ByteLevel', sequence({ type: 'Punctuation', behavior: 'Contiguous' }, byteLevel)],
  ['ByteLevel with a blank in front', { ...byteLevel, add_prefix_space: true }],
  ['ByteLevel in a Sequence', sequence(byteLevel)],
  ['ByteLevel with a blank in front of every piece', sequence(digits, { ...byteLevel, add_prefix_space: true })],
  ...['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'].flatMap(
    (behavior): [string, object][] => [
      [`Split ${behavior}`, sequence(splitAt({ Regex: String.raw`\s|\p{N}` }, behavior), spelled)],
      [`Split ${behavior}, inverted`, sequence(splitAt({ Regex: String.raw`\w+` }, behavior, true), spelled)],
      [`Split ${behavior} at a string`, sequence(splitAt({ String: 'e' }, behavior), spelled)],
    ],
  ),
  ...[
    String.raw`(?i:'s|'t|'ll|[kx]o)|[^\s\p{L}]?\p{L}++|\p{N}{1,3}+|\s*+[\r\n]|\s+$|\s+`,
    String.raw` ?[^(\s|[.,!?…。，、।۔،])]+`,
    String.raw`[[:alpha:]&&[^aeiou]]+|\d+|\h|(?>a+)b?|.`,
    String.raw`\p{Han}+|\p{Hiragana}|\P{^Lu}+|[x\-\p{Ll}]|\x{1F999}|\w+\b`,
    String.raw`^\S+|\W$|(?<=e)\p{Punct}|(?<!\d)\D`,
    String.raw`[一-龥぀-ゟ゠-ヿ]+|[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_\x60{|}~][A-Za-z]+`,
  ].map((Regex): [string, object] => [`pattern ${Regex}`, sequence(splitAt({ Regex }, 'Isolated'), spelled)]),
];

const BLANKS: readonly [string, object | null][] = [
  ['Metaspace', metaspace],
  ['Metaspace without cutting', { ...metaspace, split: false }],
  ['Metaspace that prepends to the first word', { ...metaspace, prepend_scheme: 'first' }],
  ['Metaspace that prepends nothing', { ...metaspace, prepend_scheme: 'never' }],
  ['Metaspace of older files', { type: 'Metaspace', replacement: '▁', add_prefix_space: true }],
  ['WhitespaceSplit, then Metaspace', sequence({ type: 'WhitespaceSplit' }, metaspace)],
  ['CharDelimiterSplit', { type: 'CharDelimiterSplit', delimiter: 'e' }],
  ['Punctuation', { type: 'Punctuation', behavior: 'Isolated' }],
  ['FixedLength', { type: 'FixedLength', length: 3 }],
  [
    'Metaspace, then a pattern',
    sequence({ ...metaspace, split: false }, splitAt({ Regex: String.raw`▁?\p{L}+` }, 'Isolated')),
  ],
];

const NORMALIZERS: readonly object[] = [
  ...['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'Nmt', 'ByteLevel'].map((type) => ({ type })),
  { type: 'Strip', strip_left: true, strip_right: false },
  { type: 'Strip', strip_left: true, strip_right: true },
  { type: 'Prepend', prepend: '▁' },
  { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
  { type: 'Replace', pattern: { Regex: ' {2,}|[eé]$' }, content: 'll' },
  bertNormalizer,
  { ...bertNormalizer, lowercase: false, strip_accents: true, handle_chinese_chars: false },
  chain(
    { type: 'Prepend', prepend: '▁' },
    { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    { type: 'NFKC' },
  ),
];

const DECODERS: readonly object[] = [
  metaspace,
  { ...metaspace, prepend_scheme: 'never' },
  { ...metaspace, prepend_scheme: 'first', split: false },
  { type: 'WordPiece', prefix: '##', cleanup: false },
  { type: 'BPEDecoder', suffix: 'e' },
  links(
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    strip(1, 0),
  ),
  links({ type: 'Fuse' }, strip(2, 0)),
  links(strip(0, 1)),
];

function strip(start: number, stop: number): object {
  return { type: 'Strip', content: ' ', start, stop };
}

const ADDED: readonly object[] = [
  { lstrip: true },
  { rstrip: true },
  { single_word: true },
  { normalized: true, special: false },
  { normalized: true, special: false, lstrip: true, rstrip: true },
];

const jsonSchema = z.looseObject({ model: z.looseObject({}), added_tokens: z.array(z.looseObject({})) });
let bytes: z.infer<typeof jsonSchema>;
beforeAll(async () => {
  bytes = jsonSchema.parse(JSON.parse(await readFile(path.join(root, 'models/random-gpt2/tokenizer.json'), 'utf8')));
});

/** Every third text: there are many stages. */
const SOME = TEXTS.filter((_, i) => i % 3 === 0);
const base = { added_tokens: [], normalizer: null, pre_tokenizer: null, decoder: null };

async function expectSame(definition: object): Promise<void> {
  const pair = inBoth(definition, 'test');
  for (const text of SOME) {
    const { ours, rust } = await outcomesOf(pair, text);
    const shown = JSON.stringify(text);
    expect([shown, ours.ids, ours.text]).toEqual([shown, rust.ids, rust.text]);
    if (ours.ids.length === 0) continue;
    expect([shown, ours.starts[0], ours.ends.at(-1)]).toEqual([shown, 0, text.length]);
    for (const [i, start] of ours.starts.slice(1).entries()) expect(start).toBeLessThanOrEqual(ours.ends[i] as number);
  }
}

describe('models', () => {
  it.each(MODELS)('%s', (_, parts) => expectSame({ ...base, ...parts }));
});

describe('pre-tokenizers', () => {
  it.each(CUTS)('%s', (_, step) => expectSame({ ...base, ...bytes, pre_tokenizer: step, decoder: byteLevel }));
  it.each(BLANKS)('%s', (_, step) => expectSame({ ...base, model: bpe, pre_tokenizer: step, decoder: metaspace }));
});

describe('normalizers', () => {
  it.each(NORMALIZERS.map((step) => [JSON.stringify(step), step] as const))('%s', async (_, step) => {
    await expectSame({ ...base, model: bpe, normalizer: step });
    await expectSame({ ...base, ...bytes, normalizer: step, pre_tokenizer: byteLevel, decoder: byteLevel });
  });
});

describe('decoders', () => {
  it.each(DECODERS.map((step) => [JSON.stringify(step), step] as const))('%s', (_, step) =>
    expectSame({ ...base, model: { ...bpe, vocab: WITH_BYTES, byte_fallback: true, fuse_unk: true }, decoder: step }),
  );
});

// Their ids are the vocabulary's, or the next ones: what the file says about them does not count.
describe('added tokens', () => {
  it.each(ADDED.map((flags) => [JSON.stringify(flags), flags] as const))('%s', async (_, flags) => {
    const tokens = [
      added('<s>', flags),
      added('Mod', flags),
      added('Modelling', {}),
      added('é', flags),
      added('<x>', {}),
    ];
    const normalizer = { type: 'Lowercase' };
    await expectSame({ ...base, model: bpe, added_tokens: tokens });
    await expectSame({ ...base, model: bpe, normalizer, added_tokens: tokens });
  });
});
