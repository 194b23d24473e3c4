/**
 * Trains a byte-level BPE vocabulary: starting from the 256 bytes, the pair of neighbours that is the most frequent
 * inside words becomes a token, again and again. Written for vocabularies of a few hundred tokens on a few kilobytes of
 * text; every step recounts, which keeps it short and deterministic.
 *
 * @source Sennrich et al. 2016, arXiv:1508.07909; words and byte spelling as in GPT-2
 */
import { HarnessError } from '../core/errors.ts';
import { BYTE_CHARACTERS, spellBytes, splitWords } from './byte-level.ts';
import { SPECIAL_FLAGS } from './definition.ts';
import { END_OF_TEXT } from './gpt2-definition.ts';

export interface ByteLevelVocabulary {
  /** Tokens in order of id: the 256 bytes in GPT-2's order, then one token a merge. */
  readonly tokens: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

/**
 * Ties between equally frequent pairs go to the pair with the lower left id, then the lower right id.
 *
 * @param size number of ordinary tokens to make, at least 256
 * @throws HarnessError 'bad-request' when the text has too few different pairs for that many tokens
 */
export function trainByteLevelBpe(texts: readonly string[], size: number): ByteLevelVocabulary {
  const tokens = [...BYTE_CHARACTERS];
  if (size < tokens.length) {
    throw new HarnessError('bad-request', `expected a vocabulary of at least ${tokens.length} tokens, found ${size}`);
  }
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const words = countWords(texts, ids);
  const merges: [string, string][] = [];
  while (tokens.length < size) {
    const best = mostFrequentPair(words);
    const [left, right] = [tokens[best?.left ?? -1], tokens[best?.right ?? -1]];
    if (best === null || left === undefined || right === undefined) {
      const message = `expected text enough for ${size} tokens, found only ${tokens.length}`;
      throw new HarnessError('bad-request', message, { hint: 'train on more text or ask for fewer tokens' });
    }
    for (const word of words) word.ids = mergePair(word.ids, best, tokens.length);
    tokens.push(left + right);
    merges.push([left, right]);
  }
  return { tokens, merges };
}

/** A `tokenizer.json` with the trained tokens, followed by special tokens that take the next ids in their order. */
export function byteLevelTokenizerJson(vocabulary: ByteLevelVocabulary, specialTokens: readonly string[]): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const first = vocabulary.tokens.length;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, index) => ({ id: first + index, content, ...SPECIAL_FLAGS })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: { ...byteLevel, trim_offsets: false },
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...vocabulary.tokens, ...specialTokens].map((token, id) => [token, id])),
      merges: vocabulary.merges.map(([left, right]) => `${left} ${right}`),
    },
  };
}

/** The `tokenizer_config.json` beside it. `<|endoftext|>` begins, ends and stands for what is unknown, as in GPT-2. */
export const byteLevelTokenizerConfig = (
  contextLength: number,
  { mask, pad, separator }: Readonly<Partial<Record<'mask' | 'pad' | 'separator', string>>>,
): object => ({
  add_bos_token: false,
  add_prefix_space: false,
  bos_token: END_OF_TEXT,
  clean_up_tokenization_spaces: false,
  eos_token: END_OF_TEXT,
  ...(mask === undefined ? {} : { mask_token: mask }),
  model_max_length: contextLength,
  ...(pad === undefined ? {} : { pad_token: pad }),
  ...(separator === undefined ? {} : { sep_token: separator }),
  tokenizer_class: 'GPT2Tokenizer',
  unk_token: END_OF_TEXT,
});

interface Word {
  ids: readonly number[];
  readonly count: number;
}

interface Pair {
  readonly left: number;
  readonly right: number;
}

function countWords(texts: readonly string[], ids: ReadonlyMap<string, number>): Word[] {
  const counts = new Map<string, number>();
  for (const word of texts.flatMap(splitWords)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ ids: [...spellBytes(word)].map((byte) => ids.get(byte) ?? 0), count }));
}

function mostFrequentPair(words: readonly Word[]): Pair | null {
  const counts = new Map<string, Pair & { count: number }>();
  for (const word of words) {
    for (let at = 1; at < word.ids.length; at++) {
      const [left = 0, right = 0] = word.ids.slice(at - 1, at + 1);
      const pair = counts.get(`${left} ${right}`) ?? { left, right, count: 0 };
      pair.count += word.count;
      counts.set(`${left} ${right}`, pair);
    }
  }
  const ranked = [...counts.values()].sort((a, b) => b.count - a.count || a.left - b.left || a.right - b.right);
  return ranked[0] ?? null;
}

function mergePair(ids: readonly number[], { left, right }: Pair, merged: number): readonly number[] {
  const after: number[] = [];
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] ?? 0;
    const joins = id === left && ids[at + 1] === right;
    after.push(joins ? merged : id);
    if (joins) at++;
  }
  return after;
}
