import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { byteLevelTokenizerConfig } from './train-bpe.ts';

it.each([
  ['random-gpt2', {}],
  ['random-diffugpt', { mask: '<|mask|>' }],
])('writes the tokenizer_config.json of %s, byte for byte', (model, named) => {
  const stored = readFileSync(new URL(`../../models/${model}/tokenizer_config.json`, import.meta.url), 'utf8');
  expect(`${JSON.stringify(byteLevelTokenizerConfig(256, named), null, 2)}\n`).toBe(stored);
});
