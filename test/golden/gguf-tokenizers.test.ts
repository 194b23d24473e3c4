import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gguf } from '@huggingface/gguf';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTokenizer } from '../../src/tokenizers/create-tokenizer.ts';
import { ggufTokenizerDefinition } from '../../src/tokenizers/gguf-definition.ts';
import { shared } from './published-tokenizers.ts';

const folder = path.join(shared, 'golden-formats/gguf');
const present = existsSync(folder);
const skipped = present ? '' : ' (skipped: the folder ../shared with GGUF files is not here)';

const textSchema = z.object({
  text: z.string(),
  /** Special tokens in the text are ordinary text. */
  ids: z.array(z.int()),
  /** Special tokens in the text are themselves, as Hugging Face reads them. */
  ids_special: z.array(z.int()),
  detokenized: z.string(),
});
const vocabularySchema = z.object({
  files: z.array(z.string()),
  bos: z.int(),
  eos: z.int(),
  prepends_bos: z.boolean(),
  texts: z.array(textSchema),
});

const vocabularies = present
  ? z.array(vocabularySchema).parse(JSON.parse(await readFile(path.join(folder, 'tokenizers.json'), 'utf8')))
  : [];

async function tokenizerOf(name: string) {
  const file = path.join(folder, name, `${name}.gguf`);
  const { metadata } = await gguf(file, { allowLocalFile: true });
  const definition = ggufTokenizerDefinition({ ...metadata }, file);
  if (definition === null) throw new RangeError(`${name}: no tokenizer`);
  return createTokenizer(definition);
}

describe('tokenizers of GGUF files', () => {
  it.skipIf(!present)(`are four with 20 texts each${skipped}`, () => {
    expect(vocabularies.map(({ texts }) => texts.length)).toEqual([20, 20, 20, 20]);
  });

  it.each(vocabularies.flatMap((vocabulary) => vocabulary.files.map((name) => [name, vocabulary] as const)))(
    '%s gives the ids, the text and the frame of llama.cpp',
    async (name, vocabulary) => {
      const tokenizer = await tokenizerOf(name);
      expect([tokenizer.bosId, tokenizer.eosId, tokenizer.addsBos]).toEqual([
        vocabulary.bos,
        vocabulary.eos,
        vocabulary.prepends_bos,
      ]);
      for (const { text, ids, ids_special, detokenized } of vocabulary.texts) {
        expect(tokenizer.encode(text, { specialTokens: false }), JSON.stringify(text)).toEqual(ids_special);
        expect(tokenizer.decode(ids, { skipSpecialTokens: false }), JSON.stringify(text)).toBe(detokenized);
      }
    },
  );
});
