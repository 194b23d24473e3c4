/**
 * GPT-2's published layout — a vocabulary (`vocab.json` or `encoder.json`) and a list of merges (`merges.txt` or
 * `vocab.bpe`) — rebuilt as the `tokenizer.json` that Hugging Face publishes for GPT-2.
 */
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { parseTokenizerJson, type TokenizerJson } from './definition.ts';

export const END_OF_TEXT = '<|endoftext|>';

const vocabularySchema = z.record(z.string(), z.int().nonnegative());
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };

export interface Gpt2Files {
  readonly vocabulary: unknown;
  readonly vocabularyFile: string;
  readonly merges: string;
  readonly mergesFile: string;
  /** BOS, where the configuration asks for it in front of every text. */
  readonly bos: string | null;
}

/**
 * @throws HarnessError 'bad-tokenizer' when the vocabulary is not an object of ids or a line of merges is not a pair
 */
export function gpt2Definition(files: Gpt2Files): TokenizerJson {
  const vocabulary = vocabularyOf(files.vocabulary, files.vocabularyFile);
  const endOfText = vocabulary[END_OF_TEXT];
  const value = {
    added_tokens: endOfText === undefined ? [] : [{ id: endOfText, content: END_OF_TEXT, special: true }],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor:
      files.bos === null ? { ...byteLevel, add_prefix_space: true, trim_offsets: false } : bosTemplate(files.bos),
    decoder: { ...byteLevel, add_prefix_space: true },
    model: { type: 'BPE', vocab: vocabulary, merges: mergesOf(files.merges, files.mergesFile) },
  };
  return parseTokenizerJson(value, files.vocabularyFile);
}

const bosTemplate = (bos: string) => ({
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: bos, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
});

/** @throws HarnessError 'bad-tokenizer' for a value that is no object of ids */
export function vocabularyOf(value: unknown, file: string): Record<string, number> {
  const parsed = vocabularySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = `${file}: expected a JSON object that gives each token its id`;
  throw new HarnessError('bad-tokenizer', message, { cause: parsed.error });
}

function mergesOf(text: string, file: string): [string, string][] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, index): [string, string][] => {
    // The first line is a version mark; "#" also begins real merges ("# #"), so only that spelling is skipped.
    if (line === '' || (index === 0 && line.startsWith('#version'))) return [];
    const [left, right, ...rest] = line.split(' ');
    if (left && right && rest.length === 0) return [[left, right]];
    const message = `${file}, line ${index + 1}: expected two tokens with one blank between them, found ${JSON.stringify(line)}`;
    throw new HarnessError('bad-tokenizer', message);
  });
}
