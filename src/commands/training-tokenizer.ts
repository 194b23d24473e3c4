/** The tokenizer of a trained model: made from the training data, or copied beside the weights. */
import { copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROBLEM_GENERATORS } from '../../tasks/problems/index.ts';
import { isFile, isFolder } from '../checkpoints/file-bytes.ts';
import { HarnessError } from '../core/errors.ts';
import type { Bytes } from '../core/units.ts';
import { END_OF_TEXT } from '../tokenizers/gpt2-definition.ts';
import { loadTokenizer } from '../tokenizers/load.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { byteLevelTokenizerJson, trainByteLevelBpe } from '../tokenizers/train-bpe.ts';
import { SPECIAL_WORDS, wordTokenizerConfig, wordTokenizerJson, wordVocabulary } from '../tokenizers/train-words.ts';
import { DOCUMENT_MARK, textFilesOf } from '../training/token-file.ts';
import type { TrainingOptions } from './training-options.ts';

/** The token that a new row of the embedding is for. */
export const NEW_MASK = '<|mask|>';
const BPE_SPECIALS = { mask: NEW_MASK, pad: '<|pad|>', separator: '<|sep|>' };

/** Names that tokens of each use go by: our own, then those of the published models. */
export const MASK_NAMES = [SPECIAL_WORDS.mask, NEW_MASK];
export const PAD_NAMES = [SPECIAL_WORDS.pad, BPE_SPECIALS.pad, '¨'];
export const SEPARATOR_NAMES = [SPECIAL_WORDS.separator, BPE_SPECIALS.separator, '======', '========'];

/** Text that a vocabulary is counted on, of each file. */
const MOST_TEXT: Bytes = 8 << 20;
const FILES = [
  ...['tokenizer.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt', 'encoder.json', 'vocab.bpe'],
  ...['tokenizer.model', 'added_tokens.json', 'special_tokens_map.json'],
];

/** Writes the tokenizer that `--tokenizer` asks for to the output folder and loads it from there. */
export async function makeTokenizer(options: TrainingOptions, contextLength: number): Promise<Tokenizer> {
  const { tokenizer = null, vocab, out } = options;
  if (tokenizer !== null && tokenizer !== 'word' && tokenizer !== 'bpe') return copyTokenizer(tokenizer, out, null);
  const texts = await sampleTexts(options);
  await mkdir(out, { recursive: true });
  const [json, config] = tokenizer === 'bpe' ? bpe(texts, vocab, contextLength) : words(texts, vocab, contextLength);
  await writeFile(join(out, 'tokenizer.json'), `${JSON.stringify(json, null, 1)}\n`);
  await writeFile(join(out, 'tokenizer_config.json'), `${JSON.stringify(config, null, 2)}\n`);
  return loaded(out);
}

/** @param maskId id of a new mask token, which joins the files; null = none */
export async function copyTokenizer(from: string, to: string, maskId: number | null): Promise<Tokenizer> {
  if (!(await isFolder(from))) {
    throw new HarnessError('missing-tokenizer', `--tokenizer: expected word, bpe or a folder, found ${from}`);
  }
  await mkdir(to, { recursive: true });
  for (const file of FILES) if (await isFile(join(from, file))) await copyFile(join(from, file), join(to, file));
  if (maskId !== null) {
    const token = {
      content: NEW_MASK,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    };
    await edited(join(to, 'tokenizer_config.json'), {}, (config) => ({
      ...config,
      mask_token: NEW_MASK,
      added_tokens_decoder: { ...(config.added_tokens_decoder as object | undefined), [String(maskId)]: token },
    }));
    await edited(join(to, 'tokenizer.json'), null, (json) => ({
      ...json,
      added_tokens: [...((json.added_tokens as unknown[] | undefined) ?? []), { id: maskId, ...token }],
    }));
  }
  return loaded(to);
}

/** @param absent what an absent file counts as; null = it stays absent */
async function edited(
  file: string,
  absent: Record<string, unknown> | null,
  edit: (content: Record<string, unknown>) => object,
): Promise<void> {
  const content = (await isFile(file)) ? JSON.parse(await readFile(file, 'utf8')) : absent;
  if (content !== null) await writeFile(file, `${JSON.stringify(edit(content), null, 2)}\n`);
}

async function loaded(folder: string): Promise<Tokenizer> {
  const tokenizer = await loadTokenizer(folder);
  if (tokenizer !== null) return tokenizer;
  throw new HarnessError('missing-tokenizer', `expected tokenizer files in ${folder}, found none`);
}

function words(texts: readonly string[], corpusWords: number, contextLength: number): [object, object] {
  const given = [...new Set(PROBLEM_GENERATORS.flatMap((generator) => generator.words))];
  const vocabulary = wordVocabulary({ words: given, texts, corpusWords });
  return [wordTokenizerJson(vocabulary), wordTokenizerConfig(contextLength)];
}

function bpe(texts: readonly string[], size: number, contextLength: number): [object, object] {
  const { mask, pad, separator } = BPE_SPECIALS;
  const config = {
    add_bos_token: false,
    add_prefix_space: false,
    bos_token: END_OF_TEXT,
    clean_up_tokenization_spaces: false,
    eos_token: END_OF_TEXT,
    mask_token: mask,
    model_max_length: contextLength,
    pad_token: pad,
    sep_token: separator,
    tokenizer_class: 'GPT2Tokenizer',
    unk_token: END_OF_TEXT,
  };
  return [byteLevelTokenizerJson(trainByteLevelBpe(texts, size), [END_OF_TEXT, mask, pad, separator]), config];
}

/** The beginnings of all files that are trained on. */
async function sampleTexts({ data }: TrainingOptions): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const source of data) {
    if (source.kind === 'text') paths.push(...(await textFilesOf(source.path)));
    if (source.kind === 'pairs') paths.push(source.path);
  }
  return Promise.all(paths.map(beginning));
}

async function beginning(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(MOST_TEXT);
    const { bytesRead } = await file.read(bytes, 0, MOST_TEXT, 0);
    return bytes.toString('utf8', 0, bytesRead).replaceAll(DOCUMENT_MARK, '\n');
  } finally {
    await file.close();
  }
}
