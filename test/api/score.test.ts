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

it('score answers nothing without requests, and says what is wrong with a setting', async () => {
  expect(await score([], { model: 'random-gpt2' })).toEqual([]);
  await expect(score([], { model: 'random-gpt2', passes: 1 })).rejects.toThrow(/^passes: expected a whole number/);
  await expect(score([], { model: 'no-such-model' })).rejects.toThrow(/no-such-model/);
});
