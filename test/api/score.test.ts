/** Requests from a script: the answers of `bench score`, without files. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ScoreRequest, score } from '../../src/api.ts';
import { run, SCORE_DEFAULTS } from '../../src/commands/score/score.ts';
import { recordingIo } from '../end-to-end/recording-io.ts';

it('score answers in order, refuses one request and answers the rest, as the command line does', async () => {
  const likelihood = { kind: 'loglikelihood', context: [1, 2], continuation: [3] } as const;
  const requests: readonly ScoreRequest[] = [
    { id: 'first', ...likelihood },
    { id: 'long', ...likelihood, continuation: [512] },
    { id: 7, kind: 'generate', context: [1, 2], max_tokens: 2 },
    { id: 'first', ...likelihood },
  ];
  const answers = await score(requests, { model: 'random-gpt2' });
  const [first, refusal, written, again] = answers;
  expect(first).toMatchObject({ id: 'first', sum: expect.any(Number), tokens: [expect.any(Number)] });
  expect(refusal).toEqual({ id: 'long', error: 'ids: expected 0 to 511, found 512 at position 2' });
  expect(written).toMatchObject({ id: 7, ids: [expect.any(Number), expect.any(Number)], nfe: expect.any(Number) });
  expect(again).toEqual(first);

  const file = join(tmpdir(), `score-api-${process.pid}.jsonl`);
  const out = `${file}.answers`;
  await writeFile(file, requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  await run({ ...SCORE_DEFAULTS, model: 'random-gpt2', file, out }, recordingIo());
  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
  await Promise.all([rm(file), rm(out)]);
  const { id, ...why } = refusal as { id: string };
  expect(lines).toEqual([first, { id, line: 2, ...why }, written, again].map((each) => JSON.stringify(each)));
});

it('score reads left to right unless a request says who sees whom', async () => {
  const likelihood = { kind: 'loglikelihood', context: [1, 2, 3, 4], continuation: [5, 6] } as const;
  const lower = Array.from({ length: 6 }, (_, q) => Array.from({ length: 6 }, (_, k) => (k <= q ? 1 : 0) as 0 | 1));
  const [usual, causal, rows, open, wrong] = await score(
    [
      { id: 1, ...likelihood },
      { id: 2, ...likelihood, attention: 0 },
      { id: 3, ...likelihood, attention: lower },
      { id: 4, ...likelihood, attention: 1 },
      { id: 5, ...likelihood, attention: [[1]] },
    ],
    { model: 'random-gpt2' },
  );
  const of = (answer: unknown) => ({ ...Object(answer), id: 0 });
  expect(of(causal)).toEqual(of(usual));
  expect(of(rows)).toEqual(of(usual));
  expect(of(open)).not.toEqual(of(usual));
  expect(wrong).toMatchObject({ error: expect.stringContaining('attention: expected 6 rows of 6') });
});

it('score reads the blocks of a model that has them, each after clean ones', async () => {
  const masked = { kind: 'masked', ids: [1, 2, 3, 4, 5, 6, 7, 8], mask: [2, 5, 6] } as const;
  const asks = [
    { id: 1, ...masked },
    { id: 2, ...masked, attention: 'block-causal' as const },
  ];
  const [whole, refused] = await score(asks, { model: 'random-diffugpt' });
  expect(refused).toMatchObject({ hint: 'say how long they are with --block-length N' });
  const [blocks, named, first] = await score([...asks, { ...masked, id: 3, ids: masked.ids.slice(0, 4), mask: [2] }], {
    model: 'random-diffugpt',
    blockLength: 4,
  });
  const tokens = (answer: unknown) => Object(answer).tokens as Readonly<Record<string, number>>;
  expect(tokens(named)).toEqual(tokens(blocks));
  expect(tokens(blocks)['2']).toBe(tokens(first)['2']);
  expect(tokens(blocks)['5']).not.toBe(tokens(whole)['5']);
});

it('score answers nothing without requests, and says what is wrong with a setting', async () => {
  expect(await score([], { model: 'random-gpt2' })).toEqual([]);
  await expect(score([], { model: 'random-gpt2', passes: 1 })).rejects.toThrow(/^passes: expected a whole number/);
  await expect(score([], { model: 'no-such-model' })).rejects.toThrow(/no-such-model/);
});
