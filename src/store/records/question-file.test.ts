import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Example, scored, type View, visible } from '../../core/question.ts';
import { readQuestions, storeQuestions } from './question-file.ts';
import { toStoredQuestion } from './stored-question.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-questions-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HOSTILE = '</script>\u2028\u0000 \ud800 "\\\n<!--';
const view = (name: string, alternatives: View['alternatives']): View => ({
  name,
  tokenization: 'joint',
  bos: 'once',
  alternatives,
});
const example: Example = {
  id: 'piqa/0',
  index: 0,
  question: {
    kind: 'choose',
    answers: ['one', HOSTILE],
    gold: 1,
    views: {
      autoregressive: [view('default', [[visible('Q'), scored(' one')]])],
      diffusion: [
        view('default', [
          [visible('Q: '), visible('who? '), scored('one'), visible('!')],
          [visible('Q: '), visible('who? '), scored(HOSTILE)],
        ]),
        view('partial', [
          [visible('one'), scored(' ends')],
          [visible(HOSTILE), scored(' ends')],
        ]),
      ],
    },
  },
};
const file = () => join(folder, 'questions.jsonl.gz');

it('keeps the text of the views of one family, what alternatives share once', () => {
  expect(toStoredQuestion(example, 'diffusion')).toEqual({
    id: 'piqa/0',
    index: 0,
    kind: 'choose',
    answers: ['one', HOSTILE],
    gold: 1,
    views: [
      {
        name: 'default',
        context: 'Q: who? ',
        alternatives: [
          [
            { text: 'one', scored: true },
            { text: '!', scored: false },
          ],
          [{ text: HOSTILE, scored: true }],
        ],
      },
      {
        name: 'partial',
        context: '',
        alternatives: [
          [
            { text: 'one', scored: false },
            { text: ' ends', scored: true },
          ],
          [
            { text: HOSTILE, scored: false },
            { text: ' ends', scored: true },
          ],
        ],
      },
    ],
  });
  expect(toStoredQuestion(example, 'autoregressive').views).toEqual([
    { name: 'default', context: 'Q', alternatives: [[{ text: ' one', scored: true }]] },
  ]);
});

it('gives back what was stored, whatever the text holds', async () => {
  const questions = [toStoredQuestion(example, 'diffusion')];
  await storeQuestions(folder, questions);
  expect(await readQuestions(folder)).toEqual({ kind: 'stored', byId: new Map([['piqa/0', questions[0]]]) });
});

it('writes the same bytes again, mends others, and leaves nothing else behind', async () => {
  const questions = [toStoredQuestion(example, 'diffusion')];
  await storeQuestions(folder, questions);
  const bytes = readFileSync(file());
  for (const damaged of [bytes, bytes.subarray(0, 20), Buffer.from('x')]) {
    writeFileSync(file(), damaged);
    await storeQuestions(folder, questions);
    expect(readFileSync(file())).toEqual(bytes);
  }
  expect(readdirSync(folder)).toEqual(['questions.jsonl.gz']);
});

it('has no file in runs of earlier versions', async () => {
  expect(await readQuestions(folder)).toEqual({ kind: 'none' });
});

it.each([
  ['is cut off or damaged', Buffer.from('not gzip')],
  ['expected format "bench-questions/1"', gzipSync('{"format":"bench-questions/2"}\n')],
  ['line 2: id: ', gzipSync('{"format":"bench-questions/1"}\n{"index":0}\n')],
  ['Unrecognized key', gzipSync(`{"format":"bench-questions/1"}\n${JSON.stringify({ ...stored(), more: 1 })}\n`)],
])('gives none from a file that is wrong, and says why: %s', async (problem, bytes) => {
  writeFileSync(file(), bytes);
  expect(await readQuestions(folder)).toEqual({ kind: 'unreadable', problem: expect.stringContaining(problem) });
});

function stored() {
  return toStoredQuestion(example, 'diffusion');
}

it('takes no more than 256 MiB out of a file, and says so', async () => {
  const member = gzipSync(Buffer.alloc(1 << 25, 'a'));
  writeFileSync(file(), Buffer.concat(new Array(9).fill(member)));
  expect(await readQuestions(folder)).toEqual({
    kind: 'unreadable',
    problem: `${file()} holds more than 268435456 bytes`,
  });
});
