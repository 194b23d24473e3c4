import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunManifest } from '../../core/manifest.ts';
import type { ItemRecord } from '../../core/record.ts';
import { storeQuestions } from '../../store/records/question-file.ts';
import type { StoredQuestion } from '../../store/records/stored-question.ts';
import { runFolder } from '../../store/run-folder.ts';
import { openRun } from '../../store/run-writer.ts';
import type { CommandIo } from '../shell/io.ts';
import { run } from './show.ts';

const manifest: RunManifest = {
  format: 'bench-run/1',
  task: { name: 'piqa', version: 1 },
  dataset: { source: 'fixture', digest: 'd', rows: 3, variant: 'hand-written rows, not the published data' },
  limit: null,
  model: {
    name: 'tiny',
    family: 'diffusion',
    architecture: 'gpt2',
    parameters: 1234,
    weightsDigest: 'w',
    tokenizerDigest: 't',
    vocabularyRows: 5,
    contextLength: 8,
    maskId: 4,
    bosId: null,
    engine: 'onnx-cpu 1.30.0',
    dtype: 'float32',
  },
  settings: {
    protocol: 'canonical',
    estimator: 'scripted/1',
    seed: 7,
    steps: [32],
    passes: 8,
    draws: 1,
    openFraction: 1,
    shift: true,
  },
};

const scored = (index: number): ItemRecord => ({
  id: `piqa/${index}`,
  index,
  score: { kind: 'scored', values: { acc: index }, answer: 1, gold: index, undecided: true },
  response: {
    kind: 'answered',
    nfe: 8,
    views: {
      default: {
        alternatives: [
          {
            tokens: 3,
            crossing: false,
            exact: false,
            greedy: null,
            quantities: { nelbo: { value: 12.5, stderr: 0.5 } },
          },
          { tokens: 4, crossing: false, exact: true, greedy: null, quantities: { nelbo: { value: 12, stderr: 0 } } },
        ],
        rankings: { 'nelbo/sum': { best: 1, runnerUp: 0, margin: 0.5, stderr: 0.5 } },
      },
    },
  },
});
const refused: ItemRecord = {
  id: 'piqa/2',
  index: 2,
  score: { kind: 'unscored', code: 'context-overflow', reason: '12 tokens, context is 8' },
  response: { kind: 'unanswered', code: 'context-overflow', reason: '12 tokens, context is 8' },
};

async function storedRun(records: readonly ItemRecord[], questions: readonly StoredQuestion[] = []): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), 'bench-show-'));
  const writer = await openRun(out, manifest, [scored(0), scored(1), refused]);
  await writer.append(records);
  if (questions.length > 0) await storeQuestions(writer.folder, questions);
  await writer.close();
  return runFolder(out, manifest);
}

async function shown(path: string, item: string | null, json = false): Promise<string> {
  let written = '';
  const io: CommandIo = {
    stdout: (text) => (written += text),
    stderr: (text) => expect.fail(text),
    isTerminal: false,
    columns: 100,
    signal: new AbortController().signal,
    now: () => 0,
  };
  expect(await run({ path, item, json }, io)).toBe(0);
  return written;
}

it('prints what a stored run is and what it measured', async () => {
  const text = await shown(await storedRun([scored(0), scored(1), refused]), null);
  expect(text).toContain('tiny, gpt2, 1,234 parameters');
  expect(text).toMatch(/items +3 of 3/);
  expect(text).toMatch(/acc +50\.0 \[9\.5, 90\.5\] +2 +mean, Wilson/);
  expect(text.replaceAll(/\s+/g, ' ')).toContain('else stratified, T = 32, up to 8 passes an answer, seed 7, shift on');
  expect(text).toContain('Chance: piqa 50.0.');
  expect(text).toContain('! built-in example rows, not the published data: piqa');
  expect(text).toContain('! piqa, tiny: 1 of 3 items unscored and left out');
  expect(text).toContain('! piqa, tiny: 2 of 3 answers undecided within 2 Monte-Carlo standard errors');
});

it('says when a run is not finished', async () => {
  const text = await shown(await storedRun([scored(0)]), null);
  expect(text).toContain('! piqa, tiny: interrupted, 1 items are in; repeat to resume');
});

it('prints an item by id or index, with the scores of every answer', async () => {
  const path = await storedRun([scored(0), scored(1), refused]);
  const text = await shown(path, 'piqa/1');
  expect(text).toContain('chose answer 1, answer 1 is right, undecided within Monte-Carlo noise');
  expect(text).toMatch(/0 +3 +no +nelbo 12\.500 ± 0\.50000\n *right chosen 1 +4 +yes +nelbo 12\.000\n/);
  expect(text).toContain('nelbo/sum: answer 1 before 0 by 0.50000 ± 0.50000');
  expect(await shown(path, '1')).toBe(text);
  expect(await shown(path, '2')).toContain('unscored: context-overflow: 12 tokens, context is 8');
  expect(JSON.parse(await shown(path, '2', true))).toEqual({ ...refused, question: null, trace: null });
});

it('names the items there are when another is asked for', async () => {
  const path = await storedRun([scored(0), scored(1), refused]);
  await expect(shown(path, '17')).rejects.toMatchObject({ hint: 'items: piqa/0 (0) to piqa/2 (2)' });
});

it('prints the question with the right and the chosen answer marked, and lets no text act on the terminal', async () => {
  const question: StoredQuestion = {
    id: 'piqa/0',
    index: 0,
    kind: 'choose',
    answers: ['with a spoon', 'with \u001b[31mred\u0000'],
    gold: 0,
    views: [
      {
        name: 'default',
        context: 'How does one eat soup?\u001b]0;title\u0007\nAnswer:',
        alternatives: [[{ text: ' with a spoon', scored: true }], [{ text: ' with red', scored: true }]],
      },
    ],
  };
  const path = await storedRun([scored(0), scored(1)], [question]);
  const text = await shown(path, '0');
  expect(text).toContain('wrong: chose answer 1, answer 0 is right');
  expect(text).toContain('question\n  How does one eat soup?␛]0;title␇\n  Answer:\n');
  expect(text).toContain('  0 [right]  with a spoon\n  1 [chosen]  with ␛[31mred␀\n');
  expect(text).toMatch(/right 0 +3 +no[\s\S]*chosen 1 +4 +yes/);
  expect(JSON.parse(await shown(path, '0', true))).toEqual({ ...scored(0), question, trace: null });
  expect(await shown(path, '1')).toContain('question text not stored by this version');
});
