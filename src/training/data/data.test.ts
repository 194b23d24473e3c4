/** Text corpora, pairs and mixtures as sources of rows. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../core/numbers/random.ts';
import { sha256 } from '../../core/text/digest.ts';
import { createTokenizer } from '../../tokenizers/create-tokenizer.ts';
import { parseTokenizerConfig, parseTokenizerJson } from '../../tokenizers/definition.ts';
import { wordTokenizerConfig, wordTokenizerJson, wordVocabulary } from '../../tokenizers/train-words.ts';
import type { PairEncoding } from './pair-rows.ts';
import { madePairs, pairFileSource, readPairs } from './pair-sources.ts';
import { textSource } from './text-source.ts';
import { documentPieces, openTokenFile } from './token-file.ts';
import { mixtureOf, type RowSource } from './training-data.ts';
import { textRow } from './training-row.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-data-'));
const tokenizer = createTokenizer({
  source: 'test',
  json: parseTokenizerJson(
    wordTokenizerJson(wordVocabulary({ words: ['+', '=', ':'], texts: [], corpusWords: 0 })),
    'test',
  ),
  config: parseTokenizerConfig(wordTokenizerConfig(8), 'test'),
});
const EOS = 3;
const SFT = { bosId: 2, sepId: 4, eosId: EOS, padId: 0, splitDigits: false, hiddenIds: [] };
const ROWS: PairEncoding = { tokenizer, layout: 'rows', sft: SFT, length: 10, family: 'diffusion' };
const ids = (text: string) => tokenizer.encode(text, { specialTokens: false });
const text = (row: { readonly ids: Int32Array }) => tokenizer.decode([...row.ids], { skipSpecialTokens: false });

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a text corpus', () => {
  it('is tokenised once, documents apart by EOS, and read in place', async () => {
    const path = file('a.txt', '1 2 3\n<|endoftext|>\n4 5 <|endoftext|><|endoftext|> 6\n');
    const tokens = await openTokenFile(path, tokenizer, join(folder, 'cache'));
    const all = new Int32Array(tokens.tokens);
    tokens.read(0, all);
    expect([...all]).toEqual([...ids('1 2 3'), EOS, ...ids('4 5'), EOS, ...ids('6'), EOS]);
    const two = new Int32Array(2);
    tokens.read(4, two);
    expect([...two]).toEqual(ids('4 5'));
    const again = await openTokenFile(path, tokenizer, join(folder, 'cache'));
    expect(again.digest).toBe(tokens.digest);
    expect(readdirSync(join(folder, 'cache', 'tokens'))).toEqual([
      `${tokens.digest}.u16`,
      `${tokens.digest}.u16.sha256`,
    ]);
    expect(() => tokens.read(tokens.tokens - 1, two)).toThrow(RangeError);
    tokens.close();
    again.close();
  });

  it.each(['changed', 'cut', 'without its checksum'])('is tokenised again where the cache is %s', async (how) => {
    const path = file('c.txt', '1 2 3 4 5 6');
    const cache = join(folder, `cache-${how.slice(0, 3)}`);
    const read = async () => {
      const tokens = await openTokenFile(path, tokenizer, cache);
      const all = new Int32Array(tokens.tokens);
      tokens.read(0, all);
      tokens.close();
      return { ids: [...all], cached: join(cache, 'tokens', `${tokens.digest}.u16`) };
    };
    const { ids: whole, cached } = await read();
    const bytes = readFileSync(cached);
    if (how === 'changed') bytes[2] = (bytes[2] as number) ^ 1;
    writeFileSync(cached, how === 'cut' ? bytes.subarray(0, 4) : bytes);
    if (how === 'without its checksum') rmSync(`${cached}.sha256`);
    expect((await read()).ids).toEqual(whole);
  });

  it('is refused where the cache holds an id that the tokenizer does not have', async () => {
    const path = file('d.txt', '1 2 3 4 5 7');
    const cache = join(folder, 'cache-ids');
    const { digest, close } = await openTokenFile(path, tokenizer, cache);
    close();
    const cached = join(cache, 'tokens', `${digest}.u16`);
    const bytes = readFileSync(cached);
    bytes.writeUInt16LE(60_000, 4);
    writeFileSync(cached, bytes);
    writeFileSync(`${cached}.sha256`, sha256(bytes));
    const tokens = await openTokenFile(path, tokenizer, cache);
    expect(() => tokens.read(1, new Int32Array(3))).toThrow(
      `${cached}: expected token ids below ${tokenizer.size}, found 60000 at place 2`,
    );
    tokens.close();
  });

  it('keeps a long document whole across the pieces in which it is encoded', async () => {
    const lines = Array.from({ length: 300_000 }, (_, i) => `line ${i % 100}`).join('\n');
    const pieces: string[] = [];
    const ends: boolean[] = [];
    for await (const { text: piece, isLast } of documentPieces(file('long.txt', ` ${lines}\n<|endoftext|>\n2`))) {
      pieces.push(piece);
      ends.push(isLast);
    }
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.slice(0, -1).join('') === lines).toBe(true);
    expect(pieces.at(-1)).toBe('2');
    expect(ends).toEqual(pieces.map((_, i) => i >= pieces.length - 2));
  });

  it('holds its last blocks out and goes round the others, each once before any twice', async () => {
    const path = file('b.txt', Array.from({ length: 83 }, (_, i) => String(i)).join(' '));
    const tokens = await openTokenFile(path, tokenizer, join(folder, 'cache'));
    const source = textSource('b', tokens, 4, 0.1);
    expect(source.heldOutRows).toBe(2);
    expect([0, 1].map((index) => text(source.heldOut(index)))).toEqual(['76 77 78 79', '80 81 82<eos>']);
    const epoch = (from: number) => Array.from({ length: 19 }, (_, k) => text(source.training(0, from + k)));
    expect(new Set(epoch(0)).size).toBe(19);
    expect(new Set(epoch(0))).toEqual(new Set(epoch(19)));
    expect(epoch(0)).not.toEqual(epoch(19));
    expect(epoch(0).some((row) => row.includes('78'))).toBe(false);
    tokens.close();
  });

  it('is refused when it is shorter than two rows, or not there', async () => {
    const tokens = await openTokenFile(file('c.txt', '1 2'), tokenizer, join(folder, 'cache'));
    expect(() => textSource('c', tokens, 8, 0.1)).toThrow(/expected at least 16 tokens, found 3/);
    tokens.close();
    await expect(openTokenFile(join(folder, 'none'), tokenizer, folder)).rejects.toThrow(/expected a text file/);
  });
});

describe('pairs', () => {
  it('are read in three spellings, the last lines held out', async () => {
    const lines = [
      { prompt: '1 + 1 =', answer: '2' },
      { instruction: '1 + 2 =', output: '3' },
      { input: '1 + 3 =', output: '4' },
    ];
    const pairs = await readPairs(file('p.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join('\n')), 0.05);
    expect(pairs.heldOut).toEqual([{ prompt: '1 + 3 =', answer: '4' }]);
    const source = pairFileSource('p', pairs, ROWS);
    const rows = [0, 1].map((counter) => text(source.training(0, counter))).sort();
    expect(rows).toEqual(['<bos> 1 + 1 =<sep> 2<eos><pad><pad>', '<bos> 1 + 2 =<sep> 3<eos><pad><pad>']);
    expect([...source.heldOut(0).learnt]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('are refused with file and line', async () => {
    const path = file('bad.jsonl', '{"prompt": "1", "answer": "2"}\n{"prompt": "1", "reply": "2"}\n');
    await expect(readPairs(path, 0.1)).rejects.toThrow(`${path}, line 2: expected {"prompt", "answer"}`);
  });

  it('are made from named random numbers, and packed with EOS between', () => {
    const draw = (split: string, random: RandomStream) => {
      const n = Math.floor(random.uniform(0) * 50) + (split === 'train' ? 0 : 50);
      return { prompt: String(n), answer: String(n) };
    };
    const source = madePairs({ name: 'echo', identity: 1, draw }, { ...ROWS, layout: 'packed' });
    expect(source.training(1, 7)).toEqual(source.training(1, 7));
    expect(source.training(1, 7)).not.toEqual(source.training(2, 7));
    const numbers = (row: string) => row.split('<eos>').map((pair) => pair.trim().split(' ').map(Number));
    for (const [a, b] of numbers(text(source.training(0, 3))).slice(0, 3)) {
      expect(a).toBeLessThan(50);
      expect(b).toBe(a);
    }
    expect(numbers(text(source.heldOut(3)))[0]?.[0]).toBeGreaterThanOrEqual(50);
  });
});

describe('a mixture', () => {
  const constant = (name: string, heldOutRows: number): RowSource => ({
    name,
    digest: name,
    length: 1,
    heldOutRows,
    training: () => textRow(Int32Array.from([name.length])),
    heldOut: (index) => textRow(Int32Array.from([index])),
  });
  const data = mixtureOf([
    { source: constant('a', Number.POSITIVE_INFINITY), weight: 3 },
    { source: constant('bb', 5), weight: 1 },
  ]);

  it('draws sources by weight', () => {
    const drawn = Array.from({ length: 2000 }, (_, counter) => data.training(0, counter).ids[0]);
    // Binomial(2000, 3/4): standard deviation 19.
    expect(Math.abs(drawn.filter((name) => name === 1).length - 1500)).toBeLessThan(80);
  });

  it('takes a micro-batch from one source where lengths differ, else every row from its own', () => {
    const long = { ...constant('bb', 5), length: 2 };
    const mixed = mixtureOf([
      { source: constant('a', 5), weight: 1 },
      { source: long, weight: 1 },
    ]);
    const names = (of: typeof mixed, number: number) => of.microBatch(0, number, 16).map(({ ids }) => ids[0]);
    const seen = Array.from({ length: 40 }, (_, number) => new Set(names(mixed, number)));
    expect(seen.every(({ size }) => size === 1)).toBe(true);
    expect(new Set(seen.flatMap((each) => [...each]))).toEqual(new Set([1, 2]));
    expect(names(data, 3)).toEqual(Array.from({ length: 16 }, (_, b) => data.training(0, 48 + b).ids[0]));
  });

  it('shares held-out rows by weight, as far as a source has them', () => {
    expect(data.heldOut(40).map(({ source, rows }) => [source, rows.length])).toEqual([
      ['a', 30],
      ['bb', 5],
    ]);
  });
});
