import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolderWith, root } from '../../test/golden/published-tokenizers.ts';
import { loadTokenizer } from './load.ts';
import type { Tokenizer } from './tokenizer.ts';

const plain = { specialTokens: false } as const;
const defaults = { specialTokens: true } as const;
const whole = { skipSpecialTokens: false } as const;
const skipping = { skipSpecialTokens: true } as const;
const tiny = await readFile(path.join(root, 'models/random-gpt2/tokenizer.json'), 'utf8');

/** A folder of files, objects written as JSON. */
async function load(files: Readonly<Record<string, object | string>>): Promise<Tokenizer> {
  const texts = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? content : JSON.stringify(content),
  ]);
  const loaded = await inFolderWith(Object.fromEntries(texts), loadTokenizer);
  if (loaded === null) throw new RangeError('no tokenizer');
  return loaded;
}

const withTiny = (config: object, more: Readonly<Record<string, object>> = {}) =>
  load({ 'tokenizer.json': tiny, 'tokenizer_config.json': config, ...more });

describe('added tokens', () => {
  it('of added_tokens.json are ordinary unless a special token has their name', async () => {
    const added = { 'added_tokens.json': { '<mask>': 512, '<word>': 513 } };
    const tokenizer = await withTiny({ mask_token: '<mask>' }, added);
    expect(tokenizer.encode('a<mask><word>', plain)).toEqual([64, 512, 513]);
    expect(tokenizer.decode([64, 512, 513], skipping)).toBe('a<word>');
    expect((await load({ ...(await gpt2Files()), ...added })).encode('a<mask>', plain)).toEqual([64, 512]);
  });

  it('of added_tokens.json do not count where the configuration lists its own', async () => {
    const decoder = { 512: { content: '<own>', special: true } };
    const tokenizer = await withTiny({ added_tokens_decoder: decoder }, { 'added_tokens.json': { '<mask>': 512 } });
    expect([tokenizer.token(512), tokenizer.id('<mask>')]).toEqual(['<own>', null]);
  });

  it('have the flags of the configuration, also where tokenizer.json has others', async () => {
    const flags = { content: '<|endoftext|>', lstrip: true, special: false, normalized: false };
    const tokenizer = await withTiny({ added_tokens_decoder: { 511: flags }, eos_token: null, bos_token: null });
    expect(tokenizer.encode('a  <|endoftext|>', plain)).toEqual([64, 511]);
    expect(tokenizer.decode([64, 511], skipping)).toBe('a<|endoftext|>');
  });

  it('that only have a name become tokens: of the vocabulary, or behind it', async () => {
    const tokenizer = await withTiny({ mask_token: '<new>', pad_token: 'a', additional_special_tokens: ['<more>'] });
    expect(['<new>', '<more>', 'a'].map((name) => tokenizer.id(name))).toEqual([512, 513, 64]);
    expect(tokenizer.encode('b<more><new>', plain)).toEqual([65, 513, 512]);
    expect(tokenizer.decode([64, 65, 512], skipping)).toBe('b');
  });

  it('whose ids contradict each other are refused', async () => {
    const config = { added_tokens_decoder: { 510: { content: '<|endoftext|>', special: true } } };
    await expect(withTiny(config)).rejects.toMatchObject({
      code: 'bad-tokenizer',
      message: expect.stringMatching(/"<\|endoftext\|>" has id 511 here and 510 among the added tokens/),
    });
  });
});

async function gpt2Files(): Promise<Record<string, object | string>> {
  const { model } = JSON.parse(tiny);
  return { 'vocab.json': model.vocab, 'merges.txt': `#version: 0.2\n${model.merges.join('\n')}\n` };
}

describe('what stands around a text', () => {
  it.each<[string, boolean | undefined, boolean]>([
    ['LlamaTokenizerFast', undefined, true],
    ['LlamaTokenizer', false, false],
    ['GemmaTokenizerFast', true, true],
    ['CohereTokenizerFast', undefined, true],
    ['GPTNeoXTokenizerFast', true, true],
    ['GPTNeoXTokenizerFast', undefined, false],
    ['PreTrainedTokenizerFast', true, false],
  ])('%s with add_bos_token %s', async (name, stated, adds) => {
    const tokenizer = await withTiny({ tokenizer_class: name, add_bos_token: stated, bos_token: '<|endoftext|>' });
    expect(tokenizer.encode('a', defaults)).toEqual(adds ? [511, 64] : [64]);
    expect(tokenizer.addsBos).toBe(adds);
  });

  it('a GPT-2 vocabulary has BOS in front where the configuration asks for it', async () => {
    const config = { tokenizer_class: 'GPT2Tokenizer', add_bos_token: true, bos_token: '<|endoftext|>' };
    const tokenizer = await load({ ...(await gpt2Files()), 'tokenizer_config.json': config });
    expect(tokenizer.encode('a', defaults)).toEqual([511, 64]);
    expect((await load(await gpt2Files())).encode('a', defaults)).toEqual([64]);
  });

  it('add_prefix_space puts a blank in front of byte-level words', async () => {
    const tokenizer = await withTiny({ add_prefix_space: true });
    expect(tokenizer.decode(tokenizer.encode('a b', plain), whole)).toBe(' a b');
    expect(tokenizer.encodeWithOffsets('a').ends).toEqual(tokenizer.encode('a', plain).map(() => 1));
  });
});

describe('BERT-style vocabularies', () => {
  const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '中', '文', 'ab', '##c', 'a', 'A'];

  it('are read from vocab.txt, lower-cased unless the configuration says otherwise', async () => {
    const tokenizer = await load({ 'vocab.txt': `${tokens.join('\n')}\n` });
    expect(tokenizer.encode('ABC 中文 ?', plain)).toEqual([7, 8, 5, 6, 1]);
    expect(tokenizer.encode('a', defaults)).toEqual([2, 9, 3]);
    expect(tokenizer.encode('ab[MASK]中', plain)).toEqual([7, 4, 5]);
    expect(tokenizer.decode([2, 7, 8, 5], skipping)).toBe('abc 中');
    const offsets = tokenizer.encodeWithOffsets(' ABC  中');
    expect([offsets.starts, offsets.ends]).toEqual([
      [0, 3, 4],
      [3, 4, 7],
    ]);
    const cased = await load({ 'vocab.txt': tokens.join('\r\n'), 'tokenizer_config.json': { do_lower_case: false } });
    expect(cased.encode('A a', plain)).toEqual([10, 9]);
  });
});
