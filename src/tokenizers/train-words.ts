/**
 * A word-level vocabulary: one token for each given word, whole number and frequent word of a corpus. What is not in it is
 * spelled from its longest known beginnings down to single characters, so every ASCII text survives encoding and decoding.
 *
 * A blank belongs to the word behind it (`▁word`, as SentencePiece writes it); punctuation is cut from words.
 */
import { SPECIAL_FLAGS } from './definition.ts';

/** Special tokens of our own tokenizers, in the order of their ids from 0. */
export const SPECIAL_WORDS = {
  pad: '<pad>',
  mask: '<mask>',
  bos: '<bos>',
  eos: '<eos>',
  separator: '<sep>',
  unknown: '<unk>',
} as const;

const BLANK = '▁';
/** Words with their apostrophes, numbers, `<<`, `>>`, `####`, and any other character by itself. */
const WORD = /▁?(?:<<|>>|####|\p{L}+(?:'\p{L}+)?|\p{N}+|[^\p{L}\p{N}▁])|▁/gu;
/** In the dialect of tokenizer.json. */
const PATTERN = WORD.source;
const LARGEST_NUMBER = 99;

export interface WordVocabularyOptions {
  /** Words that must be single tokens, wherever they stand. */
  readonly words: readonly string[];
  /** Texts whose most frequent words join the vocabulary. */
  readonly texts: readonly string[];
  /** How many of them. */
  readonly corpusWords: number;
}

/**
 * Tokens in order of id: special tokens, characters, whole numbers 0 … 99, given words, corpus words. Equally frequent
 * corpus words are taken in code-unit order.
 */
export function wordVocabulary({ words, texts, corpusWords }: WordVocabularyOptions): readonly string[] {
  const characters = ['\n', '\t', ...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))];
  const numbers = Array.from({ length: LARGEST_NUMBER + 1 }, (_, i) => String(i));
  const known = new Set<string>([...Object.values(SPECIAL_WORDS), BLANK, ...characters]);
  for (const word of [...numbers, ...words]) {
    known.add(word);
    known.add(BLANK + word);
  }
  const most = known.size + corpusWords;
  for (const word of byFrequency(texts)) {
    if (known.size >= most) break;
    known.add(word);
  }
  return [...known];
}

/** A `tokenizer.json` for such a vocabulary. */
export function wordTokenizerJson(vocabulary: readonly string[]): object {
  const specials = Object.values(SPECIAL_WORDS);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specials.map((content) => ({ id: vocabulary.indexOf(content), content, ...SPECIAL_FLAGS })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Metaspace', replacement: BLANK, prepend_scheme: 'always', split: false },
        { type: 'Split', pattern: { Regex: PATTERN }, behavior: 'Isolated', invert: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'Metaspace', replacement: BLANK, prepend_scheme: 'always', split: false },
    model: {
      type: 'WordPiece',
      unk_token: SPECIAL_WORDS.unknown,
      continuing_subword_prefix: '',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}

/** The `tokenizer_config.json` beside it. */
export const wordTokenizerConfig = (contextLength: number): object => ({
  add_bos_token: false,
  bos_token: SPECIAL_WORDS.bos,
  clean_up_tokenization_spaces: false,
  eos_token: SPECIAL_WORDS.eos,
  mask_token: SPECIAL_WORDS.mask,
  model_max_length: contextLength,
  pad_token: SPECIAL_WORDS.pad,
  sep_token: SPECIAL_WORDS.separator,
  tokenizer_class: 'PreTrainedTokenizerFast',
  unk_token: SPECIAL_WORDS.unknown,
});

function byFrequency(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of (BLANK + text.replaceAll(' ', BLANK)).matchAll(WORD))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ranked.map(([word]) => word);
}
