import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanUpTokenization } from '../../src/tokenizers/clean-up-tokenization.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import { sentencePieceConfig, sentencePieceDefinition } from '../../src/tokenizers/sentencepiece-definition.ts';
import { readSentencePieceModel } from '../../src/tokenizers/sentencepiece-model.ts';
import { encodeDigits } from '../../src/tokenizers/split-digits.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';
import { byteLevelTokenizerJson, trainByteLevelBpe } from '../../src/tokenizers/train-bpe.ts';
import { NASTY_STRINGS } from './nasty-strings.ts';
import {
  inFolderWith,
  LOADING_MS,
  lambada,
  loadPublished,
  present,
  root,
  skipped,
  vocabularies,
} from './published-tokenizers.ts';

const plain = { specialTokens: false } as const;
const defaults = { specialTokens: true } as const;
const whole = { skipSpecialTokens: false } as const;

let tokenizer: (name: string) => Tokenizer;
beforeAll(async () => {
  tokenizer = await loadPublished();
}, LOADING_MS);

describe('published vectors', () => {
  it.skipIf(!present).each([
    ['gpt2', 'gpt2/ggml-vocab-gpt-2.gguf'],
    ['gpt2-json', 'gpt2/ggml-vocab-gpt-2.gguf'],
    ['llama', 'llama/ggml-vocab-llama-spm.gguf'],
  ])(`%s gives the ids of all 47 llama.cpp vectors${skipped}`, async (name, file) => {
    const texts = (await readFile(path.join(vocabularies, `${file}.inp`), 'utf8')).split('\n__ggml_vocab_test__\n');
    const lines = (await readFile(path.join(vocabularies, `${file}.out`), 'utf8')).split('\n');
    expect(texts).toHaveLength(47);
    expect(lines).toHaveLength(47);
    const expected = lines.map((line) => (line.trim() === '' ? [] : line.trim().split(' ').map(Number)));
    expect(texts.map((text) => tokenizer(name).encode(text, plain))).toEqual(expected);
  });

  it.skipIf(!present)(`GPT-2 is one tokenizer, whichever files it is read from${skipped}`, () => {
    expect(tokenizer('gpt2-json').digest).toBe(tokenizer('gpt2').digest);
    expect(tokenizer('gpt2').size).toBe(50257);
    expect(tokenizer('llama').size).toBe(32000);
    expect(tokenizer('llama').digest).not.toBe(tokenizer('gpt2').digest);
  });

  it.skipIf(!present)(`a SentencePiece model and its tokenizer.json are one tokenizer${skipped}`, async () => {
    const model = readSentencePieceModel(await readFile(path.join(vocabularies, 'llama/tokenizer.model')), 'test');
    const files = {
      'tokenizer.json': JSON.stringify(sentencePieceDefinition(model, 'test')),
      'tokenizer_config.json': JSON.stringify(sentencePieceConfig(model, 'test')),
    };
    const rebuilt = await inFolderWith(files, loadTokenizer);
    expect(rebuilt?.digest).toBe(tokenizer('llama').digest);
  });

  it.skipIf(!present)(`the 200 nasty strings are merged as SentencePiece merges them${skipped}`, async () => {
    const model = readSentencePieceModel(await readFile(path.join(vocabularies, 'llama/tokenizer.model')), 'test');
    const score = new Map(model.pieces.map((piece, id) => [piece.text, { score: piece.score, id }]));
    for (const text of NASTY_STRINGS.map((nasty) => nasty.slice(0, 200))) {
      const pieces = text === '' ? [] : [...`▁${text.replaceAll(' ', '▁').replaceAll(/\p{Surrogate}/gu, '\ufffd')}`];
      for (;;) {
        const scores = pieces.slice(1).map((piece, i) => score.get(`${pieces[i]}${piece}`)?.score ?? -Infinity);
        const best = Math.max(...scores);
        if (best === -Infinity) break;
        const at = scores.indexOf(best);
        pieces.splice(at, 2, `${pieces[at]}${pieces[at + 1]}`);
      }
      const bytes = (piece: string) => [...Buffer.from(piece)].map((byte) => byte + 3);
      const expected = pieces.flatMap((piece) => score.get(piece)?.id ?? bytes(piece));
      expect(tokenizer('llama').encode(text, plain), JSON.stringify(text)).toEqual(expected);
    }
  });
});

describe('special tokens', () => {
  it.skipIf(!present)(
    `GPT-2 adds nothing, LLaMA prepends BOS to every piece, even an empty one (T21)${skipped}`,
    () => {
      const [gpt2, llama] = [tokenizer('gpt2'), tokenizer('llama')];
      expect([gpt2.bosId, gpt2.eosId, gpt2.addsBos]).toEqual([50256, 50256, false]);
      expect([llama.bosId, llama.eosId, llama.addsBos]).toEqual([1, 2, true]);
      expect(gpt2.encode('Hello', defaults)).toEqual(gpt2.encode('Hello', plain));
      expect(llama.encode('', defaults)).toEqual([1]);
      const query = llama.encode('Making a cake: The cook', defaults);
      const row = [...query, ...llama.encode('mixes the eggs.', defaults)];
      expect([row[0], row[query.length]]).toEqual([1, 1]);
      expect(row.filter((id) => id === 1)).toHaveLength(2);
      const stories = tokenizer('stories');
      expect([stories.bosId, stories.eosId, stories.addsBos, stories.size]).toEqual([1, 2, true, 512]);
    },
  );

  it('encodes text that spells a special token as that token, as Hugging Face does', () => {
    const tiny = tokenizer('tiny');
    expect(tiny.encode('<|endoftext|>', plain)).toEqual([511]);
    expect(tiny.decode(tiny.encode('a<|endoftext|>b', plain), whole)).toBe('a<|endoftext|>b');
    expect(tiny.decode(tiny.encode('a<|endoftext|>b', plain), { skipSpecialTokens: true })).toBe('ab');
    expect(tiny.encodeWithOffsets('a<|endoftext|>b')).toEqual({
      ids: [64, 511, 65],
      starts: [0, 1, 14],
      ends: [1, 14, 15],
    });
  });

  it.skipIf(!present)(`LLaMA inserts a blank after a special token in text, as Hugging Face does${skipped}`, () => {
    const llama = tokenizer('llama');
    expect(llama.encode('<s>return', plain)).toEqual([1, 736]);
    expect(llama.decode([1, 736], whole)).toBe('<s> return');
    expect(llama.encodeWithOffsets('<s>return')).toEqual({ ids: [1, 736], starts: [0, 3], ends: [3, 9] });
  });

  it('the diffusion copy of the tiny tokenizer differs by the mask alone, which is the last id', () => {
    const [tiny, diffusion] = [tokenizer('tiny'), tokenizer('tiny-diffusion')];
    expect([tiny.size, diffusion.size]).toEqual([512, 513]);
    expect(diffusion.token(512)).toBe('<|mask|>');
    expect(tiny.token(512)).toBeNull();
    for (let id = 0; id < 512; id++) expect(diffusion.token(id)).toBe(tiny.token(id));
    for (const text of NASTY_STRINGS) expect(diffusion.encode(text, plain)).toEqual(tiny.encode(text, plain));
    expect([tiny.bosId, tiny.eosId, diffusion.eosId, tiny.addsBos]).toEqual([511, 511, 511, false]);
  });

  it('training on the committed text makes the committed tiny tokenizer again', async () => {
    const text = await readFile(path.join(root, 'scripts/tiny-corpus.txt'), 'utf8');
    const json = byteLevelTokenizerJson(trainByteLevelBpe([text], 511), ['<|endoftext|>']);
    expect(JSON.parse(await readFile(path.join(root, 'models/random-gpt2/tokenizer.json'), 'utf8'))).toEqual(json);
  });
});

describe('traps of the protocol', () => {
  it.skipIf(!present)(`T16: the mask of DiffuGPT-S is an ordinary token of GPT-2${skipped}`, () => {
    expect(tokenizer('gpt2').encode('------------', plain)).toEqual([10541]);
    expect(tokenizer('llama').token(811)).toBe('ти');
  });

  it.skipIf(!present)(`T17: LLaMA encodes an indented line in context and alone differently${skipped}`, () => {
    const llama = tokenizer('llama');
    expect(llama.encode('    return x\n', plain)).toEqual([268, 736, 921, 13]);
    expect(llama.encode('x = 1\n    return x\n', plain).slice(-4)).toEqual([1678, 736, 921, 13]);
    expect(llama.decode([1678, 736, 921, 13], whole)).toBe('   return x\n');
  });

  it('T18: clean-up takes blanks away that were there', () => {
    expect(cleanUpTokenization("    return ' '.join(a)")).toBe("    return''.join(a)");
    expect(cleanUpTokenization('a != b')).toBe('a!= b');
    expect(cleanUpTokenization("I 'm sure they do n't , we 've said so . Is n't it ?")).toBe(
      "I'm sure they don't, we've said so. Isn't it?",
    );
  });

  it.skipIf(!present)(`decoding does not clean up${skipped}`, () => {
    for (const name of ['gpt2', 'llama', 'stories']) {
      expect(tokenizer(name).decode(tokenizer(name).encode("a != b , ' '.", plain), whole)).toBe("a != b , ' '.");
    }
  });

  it.skipIf(!present)(`T20: a trailing blank is a token of its own${skipped}`, () => {
    const gpt2 = tokenizer('gpt2');
    expect(gpt2.encode('Answer: ', plain).at(-1)).toBe(220);
    expect(gpt2.encode(' Use', plain)).toEqual([5765]);
    expect(gpt2.encode('Use', plain)).toEqual([11041]);
  });

  // Sums and histograms: protocol.md, section 8.1.
  it.skipIf(!present).each([
    ['gpt2', 7965, { 1: 2819, 2: 1876, 3: 438, 4: 20 }, 1],
    ['llama', 9429, { 1: 1737, 2: 2613, 3: 748, 4: 53, 5: 2 }, 3],
  ])(`T24: %s needs %i tokens for the last words of LAMBADA${skipped}`, async (name, sum, histogram, last) => {
    const lines = (await readFile(lambada, 'utf8')).trimEnd().split('\n');
    const lengths = lines.map((raw) => {
      const line = raw.trim();
      const context = line.split(/\s+/).slice(0, -1).join(' ');
      const [long, short] = [line, context].map((text) => tokenizer(name).encode(text, defaults));
      expect(long?.slice(0, short?.length)).toEqual(short);
      return (long?.length ?? 0) - (short?.length ?? 0);
    });
    const counts = Object.fromEntries(
      Object.keys(histogram).map((k) => [k, lengths.filter((n) => n === Number(k)).length]),
    );
    expect(counts).toEqual(histogram);
    expect(lengths.reduce((total, n) => total + n, 0)).toBe(sum);
    expect(lengths.at(-1)).toBe(last);
  });

  it.skipIf(!present)(`T26: digit mode makes every digit a token${skipped}`, () => {
    const gpt2 = tokenizer('gpt2');
    const shown = (ids: readonly number[]) => ids.map((id) => gpt2.decode([id], whole)).join('|');
    expect(shown(encodeDigits(gpt2, '<<3*15=45>>'))).toBe('<<|3|*|1|5|=|4|5|>>');
    expect(shown(gpt2.encode('<<3*15=45>>', plain))).toBe('<<|3|*|15|=|45|>>');
    const sentence = 'lay 16 eggs per day. $80,000';
    expect(shown(encodeDigits(gpt2, sentence))).toBe('lay| |1|6| eggs| per| day|.| $|8|0|,|0|0|0');
    expect(shown(gpt2.encode(sentence, plain))).toBe('lay| 16| eggs| per| day|.| $|80|,|000');
  });
});
