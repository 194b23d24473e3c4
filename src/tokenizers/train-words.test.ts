import { describe, expect, it } from 'vitest';
import { createTokenizer } from './create-tokenizer.ts';
import { parseTokenizerConfig, parseTokenizerJson } from './definition.ts';
import { SPECIAL_WORDS, wordTokenizerConfig, wordTokenizerJson, wordVocabulary } from './train-words.ts';

const TEXTS = ["Once upon a time, there was a dog. The dog didn't bark.\nOnce more!"];
const vocabulary = wordVocabulary({ words: ['cookies', '=', '+', '<<', '>>', '####'], texts: TEXTS, corpusWords: 20 });
const tokenizer = createTokenizer({
  source: 'test',
  json: parseTokenizerJson(wordTokenizerJson(vocabulary), 'test'),
  config: parseTokenizerConfig(wordTokenizerConfig(52), 'test'),
});
const tokens = (text: string) => tokenizer.encode(text, { specialTokens: false }).map((id) => tokenizer.token(id));

describe('a word-level tokenizer', () => {
  it('gives special tokens the first ids', () => {
    expect(Object.values(SPECIAL_WORDS).map((name) => tokenizer.id(name))).toEqual([0, 1, 2, 3, 4, 5]);
    expect([tokenizer.bosId, tokenizer.eosId]).toEqual([2, 3]);
  });

  it('has one token for every number, sign and given word', () => {
    expect(tokens('14 + 99 = 30')).toEqual(['▁14', '▁+', '▁99', '▁=', '▁30']);
    expect(tokens('<<14+10=24>> #### 24')).toEqual(['▁<<', '14', '+', '10', '=', '24', '>>', '▁####', '▁24']);
    expect(tokens('cookies')).toEqual(['▁cookies']);
  });

  it('cuts punctuation from words and keeps apostrophes in them', () => {
    expect(tokens("dog. didn't the")).toEqual(['▁dog', '.', "▁didn't", '▁', 't', 'h', 'e']);
  });

  it('continues a text as if it were written in one go', () => {
    expect([...tokens('14 +'), ...tokens(' 10')]).toEqual(tokens('14 + 10'));
  });

  it.each([
    '14 + 10 = 24',
    'Once upon a zebra, 1234 times!\n\tNow (then) ~ done.',
    'a  b   c',
    "didn't <<2*3=6>> #### 6",
  ])('decodes %j as it was', (text) => {
    const ids = tokenizer.encode(text, { specialTokens: false });
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(text);
  });

  it('covers a text without gaps', () => {
    const text = 'The dog has 14 bones, 3 zebras.';
    const { starts, ends } = tokenizer.encodeWithOffsets(text);
    expect(starts[0]).toBe(0);
    expect(ends.slice(0, -1)).toEqual(starts.slice(1));
    expect(ends.at(-1)).toBe(text.length);
  });

  it('is the same for the same texts', () => {
    const again = wordVocabulary({ words: ['cookies', '=', '+', '<<', '>>', '####'], texts: TEXTS, corpusWords: 20 });
    expect(again).toEqual(vocabulary);
  });
});
