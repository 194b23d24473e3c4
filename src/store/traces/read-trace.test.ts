import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTraces } from './trace-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-read-traces-'));
});
afterEach(() => rm(folder, { recursive: true }));

const step = { remaining: 0, asked: 'masked', tokens: [7, 8], millinats: [0, 0], revealed: [0, 1] };
const text = {
  view: 'default',
  steps: 1,
  draw: 0,
  maskable: [[5, 2]],
  context: { before: 'once', after: '' },
  path: [step],
  pieces: { '7': ' a', '8': ' time' },
};
const member = (id: string, index: number, changed: object = {}) =>
  gzipSync(`${JSON.stringify({ id, index, texts: [{ ...text, ...changed }] })}\n`);

it.each([
  [
    'tokens for other positions',
    { path: [{ ...step, tokens: [7] }] },
    /its steps do not fit \(1 tokens, 2 confidences/,
  ],
  ['places that there are not', { path: [{ ...step, revealed: [9] }] }, /its steps do not fit \(place 9 of 2 maskable/],
  ['tokens of earlier steps', { path: [{ ...step, tokens: [-1, 7] }] }, /its steps do not fit \(no earlier token/],
  [
    'more positions than any model has',
    { maskable: [[0, 2 ** 40]] },
    /it is no trace \(texts.0.maskable: too many positions/,
  ],
  ['a bomb', { context: { before: 'x'.repeat(2 ** 28), after: '' } }, /it is cut off or damaged/],
])('gives the traces before one with %s, and what is wrong with that', async (_, changed, problem) => {
  await writeFile(
    join(folder, 'traces.jsonl.gz'),
    Buffer.concat([member('a', 0), member('b', 1, changed), member('c', 2)]),
  );
  const read = await readTraces(folder);
  expect([...read.byId.keys()]).toEqual(['a']);
  expect(read.problem).toMatch(problem);
  expect(read.problem).toContain(`${join(folder, 'traces.jsonl.gz')}, member 2: `);
});
