/** Lengths of the single-line infilling set in published vocabularies (section 8.7 of the project's protocol notes). */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WriteQuestion } from '../../src/core/question.ts';
import { locateSource } from '../../src/datasets/locate.ts';
import { lowerWriting } from '../../src/lm/lowering/lower-writing.ts';
import { CANONICAL_TEXT, continuationText } from '../../src/lm/writing/continuation-text.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';
import { type InfillRow, readInfill } from '../../tasks/humaneval/rows.ts';
import { humanevalInfill } from '../../tasks/humaneval/tasks.ts';
import { LOADING_MS, loadPublished, present, shared, skipped } from './published-tokenizers.ts';

const dataDir = path.join(shared, 'data');
const isHere = present && existsSync(path.join(dataDir, 'humaneval-infilling'));
const model = { family: 'diffusion', contextLength: 4096, shift: true } as const;

describe.skipIf(!isHere)(`single-line infilling${skipped}`, () => {
  let tokenizers: (name: string) => Tokenizer;
  let rows: readonly InfillRow[];
  beforeAll(async () => {
    tokenizers = await loadPublished();
    rows = await readInfill('single-line', (await locateSource('humaneval-infill/single-line', { dataDir })).path);
  }, LOADING_MS);

  const questions = (protocol: 'canonical' | 'paper') =>
    rows.map((row) => humanevalInfill.protocols[protocol]?.question(row) as WriteQuestion);

  it.each([
    ['gpt2', 29],
    ['llama', 0],
  ])(
    'T28: under paper, %s skips %i items of more than 1000 tokens',
    (name, skippedItems) => {
      const refused = questions('paper').filter(
        (question) => 'default' in lowerWriting(question, model, tokenizers(name)).refused,
      );
      expect(refused).toHaveLength(skippedItems);
    },
    LOADING_MS,
  );

  it.each([
    ['gpt2', 5, 56, 14],
    ['llama', 3, 53, 8],
  ])(
    '%s: holes of %i to %i tokens, median %i, whose tokens spell the published line (T17)',
    (name, least, most, median) => {
      const tokenizer = tokenizers(name);
      const lengths = questions('canonical').map((question) => {
        const { lowered } = lowerWriting(question, model, tokenizer).views[0] ?? {};
        const { ids, scored } = lowered ?? { ids: new Int32Array(0), scored: [] };
        const middle = scored.map((position) => ids[position] as number);
        expect(continuationText(tokenizer, ids.slice(0, scored[0]), middle, CANONICAL_TEXT)).toBe(question.answers[0]);
        return middle.length;
      });
      lengths.sort((a, b) => a - b);
      expect([lengths[0], lengths.at(-1), lengths[516]]).toEqual([least, most, median]);
    },
    LOADING_MS,
  );
});
