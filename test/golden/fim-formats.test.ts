/**
 * Fill-in-the-middle prompts of both infilling tasks, token by token, against the formats that were published with the models:
 * StarCoder's and Qwen2.5-Coder's as text in which the tokens are spelt, CodeLLaMA's as its reference encodes the pieces.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Question } from '../../src/core/question.ts';
import { fixtureRows } from '../../src/datasets/load-task.ts';
import { lowerWriting } from '../../src/lm/lowering/lower-writing.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';
import { taskNamed } from '../../tasks/index.ts';
import { inFolderWith, LOADING_MS, loadPublished, present, skipped, vocabularies } from './published-tokenizers.ts';

const AR = { family: 'autoregressive', contextLength: 4096, shift: true } as const;
const TASKS = ['humaneval-infill-fair', 'rocstories'] as const;

/** The hole of each built-in row, and the prompts of PSM and SPM as a model gets them. */
async function asked(name: (typeof TASKS)[number], tokenizer: Tokenizer) {
  const task = taskNamed(name);
  if (task === undefined) throw new TypeError(name);
  return (await fixtureRows(task)).map((row) => {
    const question = task.protocols.canonical?.question(row) as Question;
    if (question.kind !== 'write') throw new TypeError(name);
    const { views } = lowerWriting(question, AR, tokenizer);
    const promptOf = (wanted: string) => {
      const { ids, scored } = views.find(({ view }) => view === wanted)?.lowered ?? { ids: [], scored: [] };
      return [...ids.slice(0, scored[0])];
    };
    const pieces = question.views.autoregressive.find((view) => view.name === 'fim-psm')?.alternatives[0] ?? [];
    const hole = pieces.findIndex(({ scored }) => scored);
    const text = (from: number, to?: number) =>
      pieces
        .slice(from, to)
        .map((piece) => piece.text)
        .join('');
    return { prefix: text(0, hole), suffix: text(hole + 1), psm: promptOf('fim-psm'), spm: promptOf('fim-spm') };
  });
}

/** A byte-level vocabulary with more special tokens. */
async function withSpecial(names: readonly string[], content: Buffer): Promise<Tokenizer> {
  const json = JSON.parse(content.toString());
  const first =
    Math.max(...Object.values<number>(json.model.vocab), ...json.added_tokens.map((each: { id: number }) => each.id)) +
    1;
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  json.added_tokens.push(...names.map((name, i) => ({ id: first + i, content: name, ...flags })));
  return inFolderWith(
    { 'tokenizer.json': JSON.stringify(json) },
    async (folder) => (await loadTokenizer(folder)) as Tokenizer,
  );
}

describe.skipIf(!present)(`byte-level vocabularies${skipped}`, () => {
  it.each([
    ['StarCoder', '<fim_prefix>', '<fim_suffix>', '<fim_middle>'],
    ['Qwen2.5-Coder', '<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'],
  ])(
    'read the text that %s was trained on, its tokens spelt out',
    async (_model, pre, suf, mid) => {
      const content = gunzipSync(await readFile(path.join(vocabularies, 'gpt2/tokenizer.json.gz')));
      const tokenizer = await withSpecial([pre, mid, suf], content);
      const read = (text: string) => tokenizer.encode(text, { specialTokens: false });
      expect(read(`${pre}${mid}${suf}`)).toHaveLength(3);
      for (const task of TASKS) {
        const rows = await asked(task, tokenizer);
        expect(rows.filter(({ suffix }) => suffix.trim() !== '').length).toBeGreaterThanOrEqual(2);
        for (const { prefix, suffix, psm, spm } of rows) {
          expect(psm).toEqual(read(`${pre}${prefix}${suf}${suffix}${mid}`));
          expect(spm).toEqual(read(`${pre}${suf}${suffix}${mid}${prefix}`));
        }
      }
    },
    LOADING_MS,
  );
});

describe.skipIf(!present)(`CodeLLaMA${skipped}`, () => {
  const MARKS = { '▁<PRE>': 32007, '▁<SUF>': 32008, '▁<MID>': 32009, '▁<EOT>': 32010 } as Readonly<
    Record<string, number>
  >;
  let llama: Tokenizer;
  beforeAll(async () => {
    llama = (await loadPublished())('llama');
  }, LOADING_MS);

  /** `encode_infilling` of facebookresearch/codellama: no blank in front, by a sign that is cut off again. */
  const inside = (text: string) => {
    const ids = llama.encode(`☺${text}`, { specialTokens: false });
    const sign = llama.encode('☺', { specialTokens: false });
    expect(ids.slice(0, sign.length)).toEqual(sign);
    return ids.slice(sign.length);
  };

  it.each(TASKS)('has the pieces in the order of its reference, after one BOS: %s', async (task) => {
    const codeLlama: Tokenizer = { ...llama, addsBos: true, id: (token) => MARKS[token] ?? llama.id(token) };
    for (const { prefix, suffix, psm, spm } of await asked(task, codeLlama)) {
      const before = llama.encode(prefix, { specialTokens: false });
      expect(psm).toEqual([1, 32007, ...before, 32008, ...inside(suffix), 32009]);
      expect(spm).toEqual([1, 32007, 32008, ...inside(suffix), 32009, ...before]);
    }
  });
});
