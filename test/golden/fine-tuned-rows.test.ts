/**
 * How many published rows do not fit their canvas, with the published vocabularies and the rows of the catalog. The counts of symbolic
 * GSM8K (0, 3, 3 of 1,319) are those of the project's protocol notes, section 5.3; those of the natural form are our own.
 */
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readCatalog } from '../../src/checkpoints/catalog.ts';
import { HarnessError } from '../../src/core/errors.ts';
import type { Question } from '../../src/core/question.ts';
import { loadTask } from '../../src/datasets/load-task.ts';
import { lowerView } from '../../src/lm/lowering/lower.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';
import { WRITING_TASKS } from '../../tasks/index.ts';
import { LOADING_MS, loadPublished, present, shared, skipped } from './published-tokenizers.ts';

let tokenizer: (name: string) => Tokenizer;
beforeAll(async () => {
  if (present) tokenizer = await loadPublished();
}, LOADING_MS);

async function questionsOf(name: string, protocol: 'canonical' | 'paper'): Promise<readonly Question[]> {
  const task = WRITING_TASKS.find((each) => each.name === name);
  if (task === undefined) throw new RangeError(name);
  const { rows } = await loadTask(task, { dataDir: join(shared, 'data'), allowFixtures: false });
  return rows.map((row) => task.protocols[protocol]?.question(row) as Question);
}

/** How many rows are too long; each of the others fills its canvas, and its answer begins behind the separator. */
function lower(questions: readonly Question[], model: string, vocabulary: string) {
  const row = readCatalog().get(model)?.sft;
  if (row === undefined) throw new RangeError(model);
  let tooLong = 0;
  for (const { views } of questions) {
    for (const view of views.diffusion) {
      try {
        const [lowered] = lowerView(view, tokenizer(vocabulary), 1024, row);
        const { ids, scored } = lowered as NonNullable<typeof lowered>;
        const isWhole = ids.length === view.layout?.canvas && scored.at(-1) === ids.length - 1;
        if (!isWhole || ids[(scored[0] as number) - 1] !== row.sepId) throw new RangeError(`no row: ${ids.join(' ')}`);
      } catch (error) {
        if (!(error instanceof HarnessError && error.code === 'context-overflow')) throw error;
        tooLong += 1;
      }
    }
  }
  return tooLong;
}

const MODELS = [
  ['diffugpt-s', 'gpt2', 0],
  ['diffugpt-m', 'gpt2', 3],
  ['diffullama', 'llama', 3],
] as const;

it.skipIf(!present).each(MODELS)(
  `GSM8K rows of %s with the vocabulary %s: %i exceed 256 tokens${skipped}`,
  async (model, vocabulary, count) => {
    expect(lower(await questionsOf('gsm8k', 'canonical'), model, vocabulary)).toBe(count);
    // Cut rows all fit.
    expect(lower(await questionsOf('gsm8k', 'paper'), model, vocabulary)).toBe(0);
  },
  LOADING_MS,
);

it.skipIf(!present)(
  `every Countdown row and nearly every natural GSM8K row fits${skipped}`,
  async () => {
    for (const name of ['countdown-3', 'countdown-4', 'countdown-5']) {
      const questions = await questionsOf(name, 'canonical');
      for (const [model, vocabulary] of MODELS)
        expect([name, model, lower(questions, model, vocabulary)]).toEqual([name, model, 0]);
    }
    const natural = await questionsOf('gsm8k-natural', 'canonical');
    expect(MODELS.map(([model, vocabulary]) => lower(natural, model, vocabulary))).toEqual([0, 1, 3]);
  },
  LOADING_MS,
);
