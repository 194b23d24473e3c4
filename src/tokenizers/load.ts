/** Finds and reads the tokenizer of a checkpoint folder, in any of the published layouts. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError, type Refuse } from '../core/errors.ts';
import { parseJson } from '../files/json-file.ts';
import { isAbsence, isSystemError, systemWords } from '../files/system-error.ts';
import { bertDefinition } from './bert-definition.ts';
import { configuredDefinition } from './configured-definition.ts';
import { createTokenizer } from './create-tokenizer.ts';
import {
  parseTokenizerConfig,
  parseTokenizerJson,
  type TokenizerConfig,
  type TokenizerDefinition,
} from './definition.ts';
import { END_OF_TEXT, gpt2Definition, vocabularyOf } from './gpt2-definition.ts';
import { sentencePieceConfig, sentencePieceDefinition } from './sentencepiece-definition.ts';
import type { SentencePieceModel } from './sentencepiece-model.ts';
import { t5Definition } from './t5-definition.ts';
import type { Tokenizer } from './tokenizer.ts';

const CONFIG_FILE = 'tokenizer_config.json';
const LAYOUTS =
  'tokenizer.json, or vocab.json with merges.txt, or encoder.json with vocab.bpe, or tokenizer.model, spiece.model or vocab.txt';

/** Every file that a tokenizer may have. */
export const TOKENIZER_FILES = [
  ...['tokenizer.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt', 'encoder.json', 'vocab.bpe'],
  ...['tokenizer.model', 'spiece.model', 'vocab.txt', 'added_tokens.json', 'special_tokens_map.json'],
];

/** The files of a tokenizer, on the disk or not there yet. */
export interface TokenizerFiles {
  /** Where they are or will be, for messages. */
  readonly folder: string;
  /** The content of the file of that name; null where there is none. */
  read(name: string): Promise<Buffer | null>;
}

/**
 * Loads the tokenizer of a folder. The first layout that is there counts: `tokenizer.json`; a vocabulary with merges
 * (GPT-2); `tokenizer.model` (SentencePiece, LLaMA); `spiece.model` (SentencePiece, T5); `vocab.txt` (BERT). Beside each,
 * `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` are read.
 *
 * @returns null when the folder holds no tokenizer file
 * @throws HarnessError 'missing-tokenizer' when one of two files that belong together is absent;
 *         'bad-tokenizer' or 'not-supported' when a file is not what its name promises
 */
export async function loadTokenizer(from: string | TokenizerFiles): Promise<Tokenizer | null> {
  const definition = await readTokenizerDefinition(typeof from === 'string' ? filesIn(from) : from);
  return definition === null ? null : createTokenizer(definition);
}

/** What `loadTokenizer` puts together. */
async function readTokenizerDefinition(from: TokenizerFiles): Promise<TokenizerDefinition | null> {
  const found = await firstLayout(from);
  if (found === null) {
    if ((await readText(from, CONFIG_FILE)) === null) return null;
    const message = `${from.folder}: expected ${LAYOUTS} beside ${CONFIG_FILE}, found none`;
    throw new HarnessError('missing-tokenizer', message);
  }
  const listed = (await readJson(from, 'added_tokens.json')) ?? {};
  return configuredDefinition(found, vocabularyOf(listed, path.join(from.folder, 'added_tokens.json')));
}

async function firstLayout(from: TokenizerFiles): Promise<TokenizerDefinition | null> {
  return (
    (await ofFile(from, 'tokenizer.json', fromTokenizerJson)) ??
    (await fromGpt2Files(from)) ??
    (await ofFile(from, 'tokenizer.model', fromSentencePiece)) ??
    (await ofFile(from, 'spiece.model', fromT5Model)) ??
    (await ofFile(from, 'vocab.txt', fromBertVocabulary))
  );
}

/** What a single file holds, by its content and its place. */
type FromFile = (content: Buffer, source: string, from: TokenizerFiles) => Promise<TokenizerDefinition>;

async function ofFile(from: TokenizerFiles, name: string, read: FromFile): Promise<TokenizerDefinition | null> {
  const content = await from.read(name);
  return content === null ? null : read(content, path.join(from.folder, name), from);
}

const fromTokenizerJson: FromFile = async (content, source, from) => ({
  source,
  json: parseTokenizerJson(parseFile(content.toString(), source), source),
  config: await readConfig(from),
});

async function fromGpt2Files(from: TokenizerFiles): Promise<TokenizerDefinition | null> {
  const [vocabularyFile, vocabulary] = await firstJson(from, ['vocab.json', 'encoder.json']);
  const [mergesFile, merges] = await firstText(from, ['merges.txt', 'vocab.bpe']);
  if (vocabulary === null && merges === null) return null;
  if (vocabulary === null || merges === null) {
    const [absent, present] = vocabulary === null ? [vocabularyFile, mergesFile] : [mergesFile, vocabularyFile];
    throw new HarnessError('missing-tokenizer', `${from.folder}: expected ${absent} beside ${present}, found none`, {
      hint: `a GPT-2 tokenizer is two files: copy ${absent} from where ${present} came from`,
    });
  }
  const config = await readConfig(from);
  const files = {
    vocabulary,
    vocabularyFile: path.join(from.folder, vocabularyFile),
    merges,
    mergesFile: path.join(from.folder, mergesFile),
    bos: config.add_bos_token === true ? (config.bos_token ?? END_OF_TEXT) : null,
  };
  return { source: files.vocabularyFile, json: gpt2Definition(files), config };
}

const fromSentencePiece: FromFile = async (bytes, source, from) => {
  const model = await sentencePieceModel(bytes, source);
  const config = { ...sentencePieceConfig(model, source), ...(await readConfig(from)) };
  return { source, json: sentencePieceDefinition(model, source, config), config };
};

/** Its reader is loaded where there is such a file. */
async function sentencePieceModel(bytes: Uint8Array, source: string): Promise<SentencePieceModel> {
  const { readSentencePieceModel } = await import('./sentencepiece-model.ts');
  return readSentencePieceModel(bytes, source);
}

const fromT5Model: FromFile = async (bytes, source, from) =>
  t5Definition(await sentencePieceModel(bytes, source), await readConfig(from), source);

const fromBertVocabulary: FromFile = async (content, source, from) =>
  bertDefinition(content.toString(), await readConfig(from), source);

/** `special_tokens_map.json` names the special tokens where `tokenizer_config.json` does not. */
async function readConfig(from: TokenizerFiles): Promise<TokenizerConfig> {
  const map = (await readJson(from, 'special_tokens_map.json')) ?? {};
  const config = (await readJson(from, CONFIG_FILE)) ?? {};
  return {
    ...parseTokenizerConfig(map, path.join(from.folder, 'special_tokens_map.json')),
    ...parseTokenizerConfig(config, path.join(from.folder, CONFIG_FILE)),
  };
}

async function firstText(from: TokenizerFiles, names: readonly [string, string]): Promise<[string, string | null]> {
  for (const name of names) {
    const text = await readText(from, name);
    if (text !== null) return [name, text];
  }
  return [names[0], null];
}

async function firstJson(from: TokenizerFiles, names: readonly [string, string]): Promise<[string, unknown]> {
  const [name, text] = await firstText(from, names);
  return [name, text === null ? null : parseFile(text, path.join(from.folder, name))];
}

async function readJson(from: TokenizerFiles, name: string): Promise<unknown> {
  const text = await readText(from, name);
  return text === null ? null : parseFile(text, path.join(from.folder, name));
}

const parseFile = (text: string, file: string): unknown => parseJson(text, file, 'the file', damaged);

const damaged: Refuse = (file, what, options) =>
  new HarnessError('bad-tokenizer', `${file}: expected JSON, but ${what}`, {
    hint: 'the download may have stopped half-way, or the file may be a Git LFS pointer: fetch it again',
    ...options,
  });

async function readText(from: TokenizerFiles, name: string): Promise<string | null> {
  return (await from.read(name))?.toString('utf8') ?? null;
}

const filesIn = (folder: string): TokenizerFiles => ({
  folder,
  async read(name) {
    try {
      return await readFile(path.join(folder, name));
    } catch (cause) {
      if (isAbsence(cause)) return null;
      if (!isSystemError(cause)) throw cause;
      const { found, hint } = systemWords(cause);
      const message = `${path.join(folder, name)}: cannot be read (${cause.code}: ${found})`;
      throw new HarnessError('missing-tokenizer', message, { cause, hint });
    }
  },
});
