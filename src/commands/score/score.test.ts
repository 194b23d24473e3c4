import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandIo } from '../shell/io.ts';
import { run, SCORE_DEFAULTS, type ScoreOptions } from './score.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-score-lines-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function score(lines: readonly string[], options: Partial<ScoreOptions> & { readonly model: string }) {
  const file = join(folder, 'requests.jsonl');
  await writeFile(file, `${lines.join('\n')}\n`);
  let [stdout, stderr] = ['', ''];
  const io: CommandIo = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    isTerminal: false,
    columns: 100,
    signal: new AbortController().signal,
    now: () => 0,
  };
  const code = await run({ ...SCORE_DEFAULTS, file, ...options }, io);
  return { code, stdout, stderr };
}

const parsed = (text: string) => text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
const GOOD = '{"id":"good","kind":"loglikelihood","context":[1,2],"continuation":[3]}';
const masked = (fields: string) => `{"id":"m","kind":"masked","ids":[1,2,3],${fields}}`;
const infill = (fields: string) => `{"id":"m","kind":"infill","ids":[1,2,3],${fields}}`;
const generate = (fields: string) => `{"id":"g","kind":"generate","context":[1,2],${fields}}`;
const denoising = (fields: string) => `{"id":"d","kind":"denoising","ids":[1,2,3],${fields}}`;

it.each([
  ['not json', 'expected a JSON object, found not json'],
  ['[1]', 'expected a JSON object, found [1]'],
  ['null', 'expected a JSON object, found null'],
  ['{"kind":"loglikelihood","context":[1],"continuation":[2]}', 'id: expected a text or a number, found nothing'],
  [GOOD.replace('loglikelihood', 'logliklihood'), 'infill, found "loglikl'],
  [GOOD.replace('"context"', '"contxt"'), 'context: expected a text or an array of token ids, found nothing'],
  [GOOD.replace('{', '{"kee":"k",'), 'unknown field "kee"'],
  [GOOD.replace('[3]', '[512]'), 'ids: expected 0 to 511, found 512 at position 2'],
  [GOOD.replace('[3]', '[-1]'), 'continuation: expected a text or an array of token ids, found [-1]'],
  // 2^32 + 1 is 1 in 32 bits: not to be taken for token 1.
  [GOOD.replace('[3]', '[4294967297]'), 'continuation: expected a text or an array of token ids, found [4294967297]'],
  [GOOD.replace('[3]', '[]'), 'continuation: expected at least one token, found none'],
  [GOOD.replace('[1,2]', '[]'), 'the answer starts at the first token, which has no prediction'],
  [GOOD.replace('[3]', '" text"'), 'context and continuation: expected two texts or two arrays of ids, found one of'],
  [GOOD.replace('[1,2]', '"a"').replace('[3]', '""'), 'no token belongs to the answer of ""'],
  [GOOD.replace('[1,2]', JSON.stringify(Array(512).fill(1))), 'ids: expected at most 512 tokens, found 513'],
  [masked('"mask":[1]'), 'masked needs a diffusion model, this one is autoregressive'],
  [infill('"mask":[1]'), 'infill needs a diffusion model, this one is autoregressive'],
  [generate('"stop":[]'), 'max_tokens: expected a whole number from 1 to 65536, found nothing'],
  [generate('"max_tokens":0'), 'max_tokens: expected a whole number from 1 to 65536, found 0'],
  [
    generate('"max_tokens":1,"stop":[""]'),
    'stop: expected a text or an array of texts, none of them empty, found [""]',
  ],
  [generate('"max_tokens":1,"top_p":0.5'), 'top_p: expected "temperature" above 0 beside it, as tokens are drawn'],
  [generate('"max_tokens":1').replace('[1,2]', '[]'), 'context: expected at least one token, which predicts the next'],
  [generate('"max_tokens":1').replace('[1,2]', '[600]'), 'context: expected 0 to 511, found 600 at position 0'],
  [
    generate('"max_tokens":1').replace('[1,2]', JSON.stringify(Array(512).fill(1))),
    'context: expected fewer than 512 tokens, so that one can follow, found 512',
  ],
])('names the line of a request that random-gpt2 cannot answer, and answers the rest: %s', async (bad, message) => {
  const { code, stdout, stderr } = await score([GOOD, '', bad, GOOD], { model: 'random-gpt2' });
  const [first, failure, last, ...more] = parsed(stdout);
  expect(code).toBe(1);
  expect(failure).toMatchObject({ line: 3, error: expect.stringContaining(message) });
  expect(stderr).toMatch(/^line 3: .*\n$/);
  expect(last).toEqual(first);
  expect(first).toEqual({
    id: 'good',
    sum: first.tokens[0],
    tokens: [expect.any(Number)],
    greedy: expect.any(Boolean),
  });
  expect(more).toEqual([]);
});

it('names every bad line to a diffusion model, with the id where it can be read', async () => {
  const bad = [
    [masked('"mask":[3]'), 'mask: expected positions below 3, found 3'],
    [masked('"mask":[1,1]'), 'mask: expected each position once'],
    [masked('"mask":[]'), 'mask: expected an array of one or more positions, found []'],
    [masked('"mask":[1],"atention":1'), 'unknown field "atention"'],
    [
      masked('"mask":[1],"attention":2'),
      'attention: expected "block-causal", a number from 0 to 1, or rows of 0 and 1, found 2',
    ],
    [masked('"mask":[1],"attention":[[1]]'), 'attention: expected 3 rows of 3, found 1 rows of 1'],
    [masked('"mask":[1],"attention":[[1,0,0],[0,0,0],[1,1,1]]'), 'attention: expected at least one 1 in row 1'],
    [denoising('"scored":[0]'), 'the answer starts at the first token, which has no prediction'],
    [denoising('"scored":[1,2],"steps":[0]'), 'steps: expected an array of whole numbers from 1 to 65536, found [0]'],
    [denoising('"scored":[1,2],"steps":[1e12]'), 'steps: expected an array of whole numbers from 1 to 65536'],
    [GOOD.replace('good', 'd'), 'loglikelihood needs an autoregressive model'],
    [infill('"mask":[3]'), 'mask: expected positions below 3, found 3'],
    [infill('"mask":[1],"steps":0'), 'steps: expected a whole number from 1 to 65536, found 0'],
    [
      infill('"mask":[1],"sampler":"best"'),
      'sampler: expected one of confidence, random-keep, maskgit-plus, entropy, margin, origin, block, dllm, threshold, static, left-to-right, dynamic, ddpm-cache, ddpm, euler, analytic, found "best"',
    ],
    [infill('"mask":[1],"form":"old"'), 'form: expected canonical or paper, found "old"'],
    [infill('"mask":[1],"temperature":-1'), 'temperature: expected a number of at least 0, found -1'],
    [infill('"mask":[1],"top_p":0'), 'top_p: expected a number above 0 and up to 1, found 0'],
    [infill('"mask":[1],"top_p":0.9'), 'top_p: expected "temperature" above 0 beside it, as tokens are drawn'],
    [infill('"mask":[1],"tokens":"drawn"'), 'tokens: expected "temperature" above 0 beside it'],
    [infill('"mask":[1],"draws":[]'), 'draws: expected only with "sampler":"random-keep","form":"paper"'],
    [
      infill('"mask":[1],"steps":2,"sampler":"random-keep","form":"paper","draws":[[0.5]]'),
      'draws: expected 1 rows of 3 numbers, found 1 rows, one of 1',
    ],
    [infill('"mask":[1],"stop":"x"'), 'unknown field "stop"'],
    [infill('"mask":[1]').replace('1,2,3', '1,2,600'), 'ids: expected 0 to 512, found 600 at position 2'],
    [generate('"max_tokens":1').replace('"g"', '"d"'), 'generate needs an autoregressive model; ask a diffusion'],
  ] as const;
  const fine = masked('"mask":[0,2]').replace('"m"', '"fine"');
  const lines = [...bad.map(([line]) => line), fine];
  const { code, stdout, stderr } = await score(lines, { model: 'random-diffugpt' });
  const answers = parsed(stdout);
  expect(code).toBe(1);
  bad.forEach(([, message], i) => {
    expect(answers[i]).toMatchObject({
      id: expect.stringMatching(/^[md]$/),
      line: i + 1,
      error: expect.stringContaining(message),
    });
  });
  expect(answers.slice(bad.length)).toEqual([{ id: 'fine', tokens: { 0: null, 2: expect.any(Number) } }]);
  expect(stderr.trimEnd().split('\n')).toHaveLength(bad.length);
});

it('writes JSON lines with and without --json, to standard output or a file', async () => {
  const plain = await score([GOOD, GOOD], { model: 'random-gpt2' });
  const out = join(folder, 'answers.jsonl');
  expect(await score([GOOD, GOOD], { model: 'random-gpt2', json: true })).toEqual(plain);
  expect(await score([GOOD, GOOD], { model: 'random-gpt2', out })).toEqual({ ...plain, stdout: '' });
  expect(await readFile(out, 'utf8')).toBe(plain.stdout);
  expect(parsed(plain.stdout)).toHaveLength(2);
});

it('names a line that is no UTF-8, and answers the others', async () => {
  const bad = Buffer.concat([Buffer.from(`${GOOD}\n{"id":"`), Buffer.of(0xff), Buffer.from(`"}\n${GOOD}\n`)]);
  const file = join(folder, 'bytes.jsonl');
  await writeFile(file, bad);
  const { code, stdout, stderr } = await score([], { model: 'random-gpt2', file });
  expect([code, stderr]).toEqual([1, 'line 2: expected a line in UTF-8, found other bytes\n']);
  expect(parsed(stdout)).toMatchObject([{ id: 'good' }, { id: null, line: 2 }, { id: 'good' }]);
});

it('refuses a file or place for answers that is not there, in one sentence', async () => {
  const sub = join(folder, 'sub');
  await mkdir(sub);
  for (const [options, message] of [
    [{ file: join(folder, 'none') }, `found no ${join(folder, 'none')}`],
    [{ file: sub }, `found the folder ${sub}`],
    [{ out: join(import.meta.filename, 'answers') }, '--out: expected a file that can be written, found '],
  ] as const) {
    const refused = score([GOOD], { model: 'random-gpt2', ...options });
    await expect(refused).rejects.toMatchObject({ code: 'bad-arguments', message: expect.stringContaining(message) });
  }
});

it('wants ids where the folder has no tokenizer', async () => {
  const model = new URL('../../../test/golden/data/gpt2-tiny-ar', import.meta.url).pathname;
  const text = '{"id":1,"kind":"loglikelihood","context":"a","continuation":" b"}';
  const { code, stdout, stderr } = await score([text, GOOD], { model });
  expect(code).toBe(1);
  expect(parsed(stdout)).toMatchObject([
    { error: 'a text needs a tokenizer, the model folder has none' },
    { id: 'good' },
  ]);
  expect(stderr).toMatch(/^line 1: .* \(send arrays of token ids, or name a folder .*--tokenizer DIR\)\n$/);
});

it('refuses a text of 10 MB before it is cut into tokens, and answers the rest', async () => {
  const long = 'word '.repeat(2_000_000);
  const asks = ['"loglikelihood","continuation":" b"', '"generate","max_tokens":1'];
  const lines = asks.map((kind) => `{"id":"long","kind":${kind},"context":${JSON.stringify(long)}}`);
  const ids = `{"id":"ids","kind":"loglikelihood","context":[${'1,'.repeat(2_000_000)}1],"continuation":[2]}`;
  const started = performance.now();
  const { code, stdout, stderr } = await score([GOOD, ...lines, ids, GOOD], { model: 'random-gpt2' });
  expect(performance.now() - started).toBeLessThan(15_000);
  const [first, ...refused] = parsed(stdout);
  expect(code).toBe(1);
  expect(refused.pop()).toEqual(first);
  const error = expect.stringMatching(
    /^a text of 1000000\d characters does not fit the model's 512 tokens, expected at most \d+ characters$/,
  );
  expect(refused).toMatchObject([
    { id: 'long', line: 2, error },
    { id: 'long', line: 3, error },
    { id: 'ids', line: 4, error: 'ids: expected at most 512 tokens, found 2000002' },
  ]);
  expect(stderr.length).toBeLessThan(1000);
});
