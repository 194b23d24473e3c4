/** 700 texts of all scripts, the same in every run: nasty ones, and mixtures of words, numbers, signs and blanks. */
import fc from 'fast-check';
import { NASTY_STRINGS } from '../golden/nasty-strings.ts';

const COUNT = 700;
const SEED = 20261129;

const WORDS = [
  ...[
    'the',
    'Model',
    'WORLD',
    "don't",
    "WE'LL",
    "it'ſ",
    'snake_case',
    'camelCase',
    'naïve',
    'cafe\u0301',
    'Straße',
    'İstanbul',
  ],
  ...['Ελλάδα', 'ΟΔΟΣ', 'Москва', 'Київ', 'Հայաստան', 'საქართველო', 'ᏣᎳᎩ', 'שָׁלוֹם', 'مرحبا', 'اَلسَّلَامُ', 'ܫܠܡܐ', 'ދިވެހި'],
  ...['नमस्ते', 'ক্ষমা', 'ਪੰਜਾਬੀ', 'ગુજરાતી', 'ଓଡ଼ିଆ', 'தமிழ்', 'తెలుగు', 'ಕನ್ನಡ', 'മലയാളം', 'සිංහල', 'ภาษาไทย', 'ລາວ'],
  ...[
    'བོད་ཡིག',
    'မြန်မာ',
    'ភាសាខ្មែរ',
    'አማርኛ',
    '汉语',
    '漢語',
    'ひらがな',
    'カタカナ',
    'ｶﾀｶﾅ',
    '한국어',
    '\u1112\u1161\u11ab',
    'ᠮᠣᠩᠭᠣᠯ',
  ],
  ...['ⵜⴰⵎⴰⵣⵉⵖⵜ', 'ᐃᓄᒃᑎᑐᑦ', '𐌲𐌿𐍄', '𒀀𒈾', '𓂀', '𐤀𐤁', '𝔘𝔫𝔦', 'ﬁﬂ', '⠃⠗⠇'],
];
const NUMBERS = ['0', '7', '12', '345', '2024', '1234567', '½', '²', '①', 'Ⅷ', '٣٤', '१२', '三', '𝟘', '१'];
const SIGNS = [
  '.',
  ',',
  '!?',
  '...',
  '—',
  '“”',
  '«»',
  '(',
  ')]',
  '{}',
  '\\',
  '/*',
  '==',
  '->',
  '$',
  '€',
  '%',
  '#',
  '@',
  '&',
  '`',
  '^',
  '|',
  '~',
  '_',
];
const BLANKS = [
  ' ',
  ' ',
  ' ',
  '  ',
  '   ',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '\u00a0',
  '\u0085',
  '\u2003',
  '\u3000',
  '\u200b',
  '\ufeff',
  '\u2028',
];
const OTHERS = [
  '🦙',
  '👩‍👩‍👧',
  '🇺🇦',
  '👍🏽',
  '\u0301',
  '\u200d',
  '\u0000',
  '\u007f',
  '▁',
  'Ġ',
  '<s>',
  '</s>',
  '<|endoftext|>',
  '<unk>',
  '<0x0A>',
  '\ufffd',
];

const part = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom(...SIGNS) },
  { weight: 5, arbitrary: fc.constantFrom(...BLANKS) },
  { weight: 1, arbitrary: fc.constantFrom(...OTHERS) },
);
const mixture = fc.array(part, { minLength: 1, maxLength: 24 }).map((parts) => parts.join(''));

/** Without lone surrogates, which have no UTF-8 form. */
export const TEXTS: readonly string[] = [
  ...NASTY_STRINGS.map((text) => text.replaceAll(/\p{Surrogate}/gu, '\ufffd')),
  ...fc.sample(mixture, { numRuns: COUNT, seed: SEED }),
].slice(0, COUNT);
