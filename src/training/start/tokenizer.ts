/** The tokenizer of a trained model: made from the training data, or copied beside the weights. */

import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import type { Bytes } from '../../core/units.ts';
import { makeFolder, replaceFile } from '../../files/draft.ts';
import { isFile, isFolder } from '../../files/file-bytes.ts';
import { SPECIAL_FLAGS } from '../../tokenizers/definition.ts';
import { END_OF_TEXT } from '../../tokenizers/gpt2-definition.ts';
import { loadTokenizer, TOKENIZER_FILES } from '../../tokenizers/load.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { byteLevelTokenizerConfig, byteLevelTokenizerJson, trainByteLevelBpe } from '../../tokenizers/train-bpe.ts';
import { SPECIAL_WORDS, wordTokenizerConfig, wordTokenizerJson, wordVocabulary } from '../../tokenizers/train-words.ts';
import { DOCUMENT_MARK, textFilesOf } from '../data/token-file.ts';
import type { TrainingOptions } from './options.ts';

/** The token that a new row of the embedding is for. */
export const NEW_MASK = '<|mask|>';
const BPE_SPECIALS = { mask: NEW_MASK, pad: '<|pad|>', separator: '<|sep|>' };

/** Names that tokens of each use go by: our own, then those of the published models. */
export const MASK_NAMES = [SPECIAL_WORDS.mask, NEW_MASK];
export const PAD_NAMES = [SPECIAL_WORDS.pad, BPE_SPECIALS.pad, '¨'];
export const SEPARATOR_NAMES = [SPECIAL_WORDS.separator, BPE_SPECIALS.separator, '======', '========'];

/** Text that a vocabulary is counted on, of each file. */
const MOST_TEXT: Bytes = 8 << 20;

/** A tokenizer and the files that will stand beside the weights; nothing is on the disk yet. */
export interface UnwrittenTokenizer {
  readonly tokenizer: Tokenizer;
  /** Contents by name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/**
 * The tokenizer that `--tokenizer` asks for.
 *
 * @param given words that a word-level vocabulary has in any case
 */
export async function makeTokenizer(
  options: TrainingOptions,
  contextLength: number,
  given: readonly string[],
): Promise<UnwrittenTokenizer> {
  const { tokenizer = null, vocab, out } = options;
  if (tokenizer !== null && tokenizer !== 'word' && tokenizer !== 'bpe') return readTokenizer(tokenizer);
  const texts = await sampleTexts(options);
  const [json, config] =
    tokenizer === 'bpe' ? bpe(texts, vocab, contextLength) : words(given, texts, vocab, contextLength);
  const files = new Map([
    ['tokenizer.json', fileOf(json, 1)],
    ['tokenizer_config.json', fileOf(config, 2)],
  ]);
  return { files, tokenizer: await loaded(out, files) };
}

/** The tokenizer of a folder. */
export async function readTokenizer(folder: string): Promise<UnwrittenTokenizer> {
  if (!(await isFolder(folder))) {
    throw new HarnessError('missing-tokenizer', `--tokenizer: expected word, bpe or a folder, found ${folder}`);
  }
  const files = new Map<string, Buffer>();
  for (const name of TOKENIZER_FILES)
    if (await isFile(join(folder, name))) files.set(name, await readFile(join(folder, name)));
  return { files, tokenizer: await loaded(folder, files) };
}

/**
 * A tokenizer with a new mask token.
 *
 * @param folder where its files are, for messages
 */
export async function withNewMask(
  folder: string,
  given: ReadonlyMap<string, Buffer>,
  maskId: number,
): Promise<UnwrittenTokenizer> {
  const token = { content: NEW_MASK, ...SPECIAL_FLAGS };
  const files = new Map(given);
  const [config, json] = ['tokenizer_config.json', 'tokenizer.json'].map((name) => contentOf(given.get(name)));
  const edited = {
    ...config,
    mask_token: NEW_MASK,
    added_tokens_decoder: { ...(config?.added_tokens_decoder as object | undefined), [String(maskId)]: token },
  };
  files.set('tokenizer_config.json', fileOf(edited, 2));
  if (json !== undefined) {
    const added = [...((json.added_tokens as unknown[] | undefined) ?? []), { id: maskId, ...token }];
    files.set('tokenizer.json', fileOf({ ...json, added_tokens: added }, 2));
  }
  return { files, tokenizer: await loaded(folder, files) };
}

export async function writeTokenizer(folder: string, files: UnwrittenTokenizer['files']): Promise<void> {
  await makeFolder(folder);
  for (const [name, content] of files) await replaceFile(join(folder, name), content);
}

const fileOf = (content: object, indent: number): Buffer => Buffer.from(`${JSON.stringify(content, null, indent)}\n`);

const contentOf = (file: Buffer | undefined): Record<string, unknown> | undefined =>
  file === undefined ? undefined : JSON.parse(file.toString('utf8'));

async function loaded(folder: string, files: ReadonlyMap<string, Buffer>): Promise<Tokenizer> {
  const tokenizer = await loadTokenizer({ folder, read: async (name) => files.get(name) ?? null });
  if (tokenizer !== null) return tokenizer;
  const hint = 'put tokenizer.json there; of a GGUF file, `bench models convert FILE OUT` writes it with the weights';
  throw new HarnessError('missing-tokenizer', `expected tokenizer files in ${folder}, found none`, { hint });
}

function words(
  given: readonly string[],
  texts: readonly string[],
  corpusWords: number,
  contextLength: number,
): [object, object] {
  const vocabulary = wordVocabulary({ words: [...new Set(given)], texts, corpusWords });
  return [wordTokenizerJson(vocabulary), wordTokenizerConfig(contextLength)];
}

function bpe(texts: readonly string[], size: number, contextLength: number): [object, object] {
  const { mask, pad, separator } = BPE_SPECIALS;
  const json = byteLevelTokenizerJson(trainByteLevelBpe(texts, size), [END_OF_TEXT, mask, pad, separator]);
  return [json, byteLevelTokenizerConfig(contextLength, BPE_SPECIALS)];
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
