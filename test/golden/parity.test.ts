/**
 * Our `olmes` wording against 26,763 context / continuation pairs that AI2's OLMES suite built from the same data
 * (allenai/OLMo at 59a53e3f, OLMo-in-loop-evals at a0366ed1), and our readers against the published counts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadTask } from '../../src/datasets/load-task.ts';
import { readJsonl } from '../../src/datasets/read-jsonl.ts';
import type { TaskPlugin, View } from '../../src/index.ts';
import { lowerView } from '../../src/lm/lowering/lower.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import { TASKS } from '../../tasks/index.ts';

const shared = fileURLToPath(new URL('../../../shared', import.meta.url));
const dataDir = join(shared, 'data');
const parity = join(shared, 'parity');

/** Said in the name of each test that needs the real files. */
const skipped = existsSync(dataDir) && existsSync(parity) ? '' : ' (skipped: no data folder beside the repository)';

const pairSchema = z.object({
  request: z.object({ context: z.string(), continuation: z.string() }),
  doc: z.looseObject({}),
  doc_id: z.number(),
  idx: z.number(),
  label: z.unknown(),
});

/** `context` and `continuation` of every alternative of a view. */
const pairsOf = (view: View | undefined) =>
  (view?.alternatives ?? []).map((pieces) => ({
    context: pieces
      .filter((piece) => !piece.scored)
      .map(({ text }) => text)
      .join(''),
    continuation: pieces
      .filter((piece) => piece.scored)
      .map(({ text }) => text)
      .join(''),
  }));

function task(name: string): TaskPlugin {
  const found = TASKS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new RangeError(name);
  return found;
}

async function questions(name: string) {
  const plugin = task(name);
  const { rows } = await loadTask(plugin, { dataDir, allowFixtures: false });
  return rows.map((row) => {
    const question = plugin.protocols.olmes?.question(row);
    if (question === undefined) throw new RangeError(`${name} has no olmes wording`);
    return question;
  });
}

/** Documents from this id on ask for the answer after `Answer:` alone. */
const UNCONDITIONAL = 1_000_000;

const CASES = [
  { name: 'piqa', file: 'piqa/rc_0shot', conditional: 3676, unconditional: 3676 },
  { name: 'siqa', file: 'socialiqa/rc_0shot', conditional: 5862, unconditional: 5862 },
  { name: 'winogrande', file: 'winogrande/rc_0shot', conditional: 2534, unconditional: 0 },
  { name: 'lambada-openai', file: 'lambada/bpb_0shot', conditional: 5153, unconditional: 0 },
] as const;

describe.skipIf(skipped !== '')(`olmes wording equals the request files of OLMES${skipped}`, () => {
  for (const { name, file, conditional, unconditional } of CASES) {
    it(`${name}: ${conditional} pairs and ${unconditional} unconditional ones`, async () => {
      const requests = await readJsonl(join(parity, file, 'requests.jsonl.gz'), pairSchema);
      const asked = (await questions(name)).map((question) => ({
        gold: question.gold,
        views: question.views.autoregressive.map(pairsOf),
      }));
      const counts = { conditional: 0, unconditional: 0 };
      const wrong: unknown[] = [];
      for (const { request, doc_id, idx, label } of requests) {
        const kind = doc_id >= UNCONDITIONAL ? 'unconditional' : 'conditional';
        counts[kind]++;
        const question = asked[doc_id % UNCONDITIONAL];
        const ours = question?.views[kind === 'unconditional' ? 1 : 0]?.[idx];
        const sameText = ours?.context === request.context && ours.continuation === request.continuation;
        if (!sameText || (typeof label === 'number' && label !== question?.gold)) wrong.push({ request, ours, label });
      }
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(counts).toEqual({ conditional, unconditional });
      expect(asked.length * (asked[0]?.views[0]?.length ?? 0)).toBe(conditional);
    });
  }
});

describe.skipIf(skipped !== '')(`HellaSwag text against the documents of OLMES${skipped}`, () => {
  // 1,000 documents, cleaned up from the original ctx_a / ctx_b. The text extract lacks tags and the capital of the last
  // fragment, so its text equals ours only up to that: 617 queries as they are, 301 more without regard to case, and 82
  // where the extract has ".." for a tag that followed a full stop.
  it('finds every document in the extract, in most with the same text', async () => {
    const schema = z.object({
      doc: z.object({ ind: z.number(), query: z.string(), choices: z.array(z.string()), gold: z.number() }),
    });
    const requests = await readJsonl(join(dataDir, 'hellaswag/olmes-rc_5shot/requests.jsonl.gz'), schema);
    const documents = [...new Map(requests.map(({ doc }) => [doc.ind, doc])).values()];
    const letters = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    const key = (context: string, answers: readonly string[]) => letters(context + answers.join(''));
    const extract = new Map(
      (await questions('hellaswag')).map((question) => {
        const context = pairsOf(question.views.autoregressive[0])[0]?.context ?? '';
        return [key(context, question.answers), { context, gold: question.gold }];
      }),
    );
    const found = documents.map((doc) => ({ doc, ours: extract.get(key(doc.query, doc.choices)) }));
    expect(found.every(({ doc, ours }) => ours?.gold === doc.gold)).toBe(true);
    expect(found.filter(({ doc, ours }) => ours?.context === doc.query)).toHaveLength(617);
    expect(found.filter(({ doc, ours }) => ours?.context.toLowerCase() === doc.query.toLowerCase())).toHaveLength(918);
  });
});

// Published sizes; label counts of protocol 8.0 (SIQA) and of the label files.
const COUNTS = {
  lambada: { 0: 5153 },
  'lambada-openai': { 0: 5153 },
  hellaswag: { 0: 2515, 1: 2485, 2: 2584, 3: 2458 },
  winogrande: { 0: 628, 1: 639 },
  siqa: { 0: 643, 1: 654, 2: 657 },
  piqa: { 0: 910, 1: 928 },
} as const;

describe.skipIf(skipped !== '')(`real data${skipped}`, () => {
  for (const [name, expected] of Object.entries(COUNTS)) {
    it(`${name} has the published rows and labels, and every protocol words every row`, async () => {
      const plugin = task(name);
      const { rows, usedFixtures } = await loadTask(plugin, { dataDir, allowFixtures: false });
      expect(usedFixtures).toBe(false);
      for (const template of Object.values(plugin.protocols)) {
        const counts: Record<number, number> = {};
        for (const row of rows) {
          const { gold, views } = template.question(row);
          counts[gold] = (counts[gold] ?? 0) + 1;
          const texts = [...views.autoregressive, ...views.diffusion].flatMap((view) =>
            pairsOf(view).map(({ context, continuation }) => context.trim() !== '' && continuation.trim() !== ''),
          );
          if (!texts.every(Boolean)) throw new RangeError(`${name}: an empty context or answer`);
        }
        expect(counts).toEqual(expected);
      }
    });
  }

  it('LAMBADA lines are words joined by one blank, so joining them again changes nothing', async () => {
    const { rows } = await loadTask(task('lambada'), { dataDir, allowFixtures: false });
    const plain = (rows as readonly { text: string }[]).map(({ text }) => text);
    const asked = (await questions('lambada')).map((question) => pairsOf(question.views.autoregressive[0])[0]);
    expect(asked.map((pair) => `${pair?.context}${pair?.continuation}`)).toEqual(plain);
  });
});

const tokenizers = join(dataDir, 'tokenizers');

// T24, T20 and T21 of the protocol notes: what becomes of the wording once it is cut into tokens.
describe.skipIf(skipped !== '')(`wording in tokens${skipped}`, () => {
  const GPT2_CONTEXT = 1024;
  const lowered = async (folder: string, view: View | undefined) => {
    const tokenizer = await loadTokenizer(join(tokenizers, folder));
    if (tokenizer === null || view === undefined) throw new RangeError(folder);
    return lowerView(view, tokenizer, GPT2_CONTEXT);
  };

  it.each([
    ['gpt2', 7965, { 1: 2819, 2: 1876, 3: 438, 4: 20 }],
    ['llama', 9429, { 1: 1737, 2: 2613, 3: 748, 4: 53, 5: 2 }],
  ] as const)(
    'LAMBADA `paper` scores as many tokens as published scripts mask: %s %i',
    async (folder, sum, histogram) => {
      const plugin = task('lambada');
      const { rows } = await loadTask(plugin, { dataDir, allowFixtures: false });
      const views = rows.map((row) => plugin.protocols.paper?.question(row).views.diffusion[0]);
      const alternatives = views.flatMap((view) => view?.alternatives ?? []);
      const [first] = views;
      const all = await lowered(folder, first && { ...first, alternatives });
      const counts: Record<number, number> = {};
      for (const { scored } of all) counts[scored.length] = (counts[scored.length] ?? 0) + 1;
      expect(counts).toEqual(histogram);
      expect(all.reduce((total, { scored }) => total + scored.length, 0)).toBe(sum);
      expect(all.some(({ crossing }) => crossing)).toBe(false);
    },
  );

  it('PIQA `paper`: blank token, then " Use" for diffusion and "Use" for AR (GPT-2)', async () => {
    const plugin = task('piqa');
    const row = plugin.rowSchema.parse({ goal: 'open a can', sol1: 'Use an opener', sol2: 'Wait', label: 0 });
    const views = plugin.protocols.paper?.question(row).views;
    const around = async (view: View | undefined) => {
      const [{ ids, scored } = { ids: new Int32Array(), scored: [] }] = await lowered('gpt2', view);
      const start = scored[0] ?? 0;
      return [ids[start - 1], ids[start]];
    };
    expect(await around(views?.diffusion[0])).toEqual([220, 5765]);
    expect(await around(views?.autoregressive[0])).toEqual([220, 11041]);
  });

  it('HellaSwag `paper`: LLaMA has BOS in front and again as first token of the ending, diffusion only', async () => {
    const plugin = task('hellaswag');
    const row = { activity_label: 'A', ctx_a: 'b.', ctx_b: 'he', endings: ['runs.', 'b', 'c', 'd'], label: 0 };
    const views = plugin.protocols.paper?.question(plugin.rowSchema.parse(row)).views;
    const [diffusion] = await lowered('llama', views?.diffusion[0]);
    expect([diffusion?.ids[0], diffusion?.ids[diffusion.scored[0] ?? 0]]).toEqual([1, 1]);
    const [autoregressive] = await lowered('llama', views?.autoregressive[0]);
    expect(autoregressive?.ids.includes(1)).toBe(false);
  });
});
