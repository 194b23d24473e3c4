/**
 * Trains a byte-level BPE tokenizer on text files and writes `tokenizer.json` and `tokenizer_config.json`.
 *
 *   node dist/scripts/train-tokenizer.js --out models/random-gpt2 --size 511 scripts/tiny-corpus.txt
 *   node dist/scripts/train-tokenizer.js --out models/random-diffugpt --size 511 --mask '<|mask|>' scripts/tiny-corpus.txt
 *   node dist/scripts/train-tokenizer.js --out models/random-fim --size 508 --special '<fim_prefix>,<fim_middle>,<fim_suffix>' scripts/tiny-corpus.txt
 *
 * `--size` counts ordinary tokens; `<|endoftext|>` takes the next id and the mask, if asked for, the one after it, then further special
 * tokens. So two tokenizers trained with and without a mask share every other id.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { END_OF_TEXT } from '../src/tokenizers/gpt2-definition.ts';
import { byteLevelTokenizerConfig, byteLevelTokenizerJson, trainByteLevelBpe } from '../src/tokenizers/train-bpe.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    size: { type: 'string', default: '511' },
    mask: { type: 'string' },
    special: { type: 'string', default: '' },
    'context-length': { type: 'string', default: '256' },
  },
});
const { out, mask } = values;
if (out === undefined || positionals.length === 0) {
  throw new TypeError(
    'usage: train-tokenizer --out <folder> [--size N] [--mask <name>] [--special <names>] [--context-length N] <text file>...',
  );
}

const texts = await Promise.all(positionals.map((file) => readFile(file, 'utf8')));
const vocabulary = trainByteLevelBpe(texts, Number(values.size));
const further = values.special.split(',').filter((name) => name !== '');
const specialTokens = [END_OF_TEXT, ...(mask === undefined ? [] : [mask]), ...further];
const config = byteLevelTokenizerConfig(Number(values['context-length']), mask === undefined ? {} : { mask });
await mkdir(out, { recursive: true });
const json = byteLevelTokenizerJson(vocabulary, specialTokens);
await writeFile(path.join(out, 'tokenizer.json'), `${JSON.stringify(json, null, 1)}\n`);
await writeFile(path.join(out, 'tokenizer_config.json'), `${JSON.stringify(config, null, 2)}\n`);
process.stderr.write(`${out}: ${vocabulary.tokens.length + specialTokens.length} tokens\n`);
