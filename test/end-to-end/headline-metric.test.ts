/**
 * A headline that is not called `acc`, through every program: one whose name holds `@`, and one where lower is better. Each value is
 * recomputed from the stored records.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  bothFamilies,
  compare,
  continuation,
  defineTask,
  gate,
  inPlace,
  localRows,
  readRuns,
  report,
  scoreTexts,
  sweep,
  type TaskPlugin,
  write,
} from '../../src/api.ts';
import { run } from '../../src/commands/run/run.ts';
import { RUN_DEFAULTS } from '../../src/evaluate/options.ts';
import { comparisonText } from '../../src/gate/compare/comparison-text.ts';
import { addTask } from '../../src/plugins.ts';
import type { ReportView } from '../../src/report/view/report-view.ts';
import { recordingIo } from './recording-io.ts';

const MODELS = ['random-gpt2', 'random-diffugpt'];
const N = 40;
const rowSchema = z.object({ word: z.string() });

let folder: string;
let out: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-headline-'));
  out = join(folder, 'runs');
  const file = join(folder, 'words.jsonl');
  await writeFile(file, Array.from({ length: N }, (_, i) => `${JSON.stringify({ word: `word ${i}` })}\n`).join(''));
  const rows = pathToFileURL(file);
  for (const [name, metric] of [['letters', 'hit@1'] as const, ['gaps', 'gaps'] as const])
    addTask(task(name, metric, rows));
  const tasks = ['letters', 'gaps'];
  const io = recordingIo();
  expect(await run({ ...RUN_DEFAULTS, models: MODELS, tasks, steps: [1, 2], out }, io)).toBe(0);
  table = io.written.stdout;
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));
let table = '';

/** As good as drawn from what a random model writes: 0 or 1. */
const even = (text: string): number =>
  ([...text].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) + 1) % 2;

/** Four tokens; `hit@1`: their codes add up to an even number; `gaps`: to an odd one, where lower is better. */
function task(name: string, metric: string, rows: URL): TaskPlugin {
  const headline = { autoregressive: 'sum', diffusion: 'sum' } as const;
  const share = (description: string, higherIsBetter: boolean) =>
    ({ description, unit: 'fraction', higherIsBetter }) as const;
  return defineTask({
    name,
    version: 1,
    description: 'A text of even letters',
    chance: null,
    rowSchema,
    sources: [localRows('letters/jsonl', rows, rowSchema)],
    fixture: rows,
    metric,
    metrics: { 'hit@1': share('the codes of the text are even', true), gaps: share('they are odd', false) },
    floors: [
      { name: 'empty text', hits: metric === 'gaps' ? N : 0, of: N, source: 'letters/jsonl', origin: 'counted' },
    ],
    protocols: {
      canonical: {
        question: ({ word }) =>
          write('eeee', bothFamilies(inPlace([continuation(`After ${word}`, ' eeee')])), {
            length: 4,
            steps: 'as-set',
            form: 'canonical',
            temperature: 'argmax',
            stops: [],
          }),
        headline,
      },
    },
    id: ({ word }) => word,
    score: (question, response, context) =>
      scoreTexts(question, response, context, (text) => ({ gaps: 1 - even(text), 'hit@1': even(text) })),
  }) as unknown as TaskPlugin;
}

const CASES = [
  { name: 'letters', metric: 'hit@1', sign: 1 },
  { name: 'gaps', metric: 'gaps', sign: -1 },
] as const;

/** The values of a metric of the stored run of a model, by item. */
async function stored(model: string, name: string, metric: string): Promise<readonly number[]> {
  const runs = await readRuns(out);
  const found = runs.find(({ manifest }) => manifest.model.name === model && manifest.task.name === name);
  return (found?.records ?? []).map(({ score }) =>
    score.kind === 'scored' ? (score.values[metric] ?? Number.NaN) : Number.NaN,
  );
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(CASES)('a headline called $metric', ({ name, metric, sign }) => {
  const ofTask = <Row extends { readonly task: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.task === name);

  it('leads its row of the table of bench run, with its floor', async () => {
    const shares = await Promise.all(MODELS.map((model) => stored(model, name, metric)));
    const line = shares.map((values) => `${(100 * mean(values)).toFixed(1)} \\[[^\\]]*\\]`).join(' +');
    expect(new Set(shares.flat())).toEqual(new Set([0, 1]));
    expect(table).toMatch(
      new RegExp(`${name} +${line}\\n +${metric} .*\\n +empty text ${sign === 1 ? '0.0' : '100.0'}`),
    );
  });

  it('is swept over T, with the loss on its own side', async () => {
    const settings = { models: MODELS, tasks: [name], steps: [1, 2], margin: 0.3, out };
    const { sweeps, comparisons } = await sweep(settings);
    const score = sweeps[0]?.scores.find((each) => each.metric === metric);
    const [first, last] = await Promise.all([1, 2].map((T) => stored('random-diffugpt', name, `${metric}@${T}`)));
    expect(score?.points.map(({ value }) => value.value)).toEqual([mean(first ?? []), mean(last ?? [])]);
    const loss = sign * (mean(last ?? []) - mean(first ?? []));
    const { nonInferior, bound } = score?.points[0]?.nonInferiority ?? { nonInferior: null, bound: Number.NaN };
    expect(bound).toBeLessThanOrEqual(-loss);
    expect(score?.smallest).toBe(nonInferior ? 1 : 2);
    expect(comparisons).toEqual([expect.objectContaining({ task: name, metric })]);
  });

  it('is compared, and every item that changed is listed', async () => {
    const document = await compare(out, null, { models: ['random-gpt2', 'random-diffugpt'], tasks: [name] });
    const [before, now] = await Promise.all(MODELS.map((model) => stored(model, name, metric)));
    const changes = (now ?? []).map((value, i) => sign * (value - (before?.[i] ?? 0)));
    const count = (wanted: number) => changes.filter((change) => change === wanted).length;
    const [row] = document.rows;
    expect(row).toMatchObject({ metric, higherIsBetter: sign === 1, difference: { value: sign * mean(changes) } });
    expect(document.flips.filter(({ change }) => change === 'gained')).toHaveLength(count(1));
    expect(document.flips.filter(({ change }) => change === 'lost')).toHaveLength(count(-1));
    expect(count(1) + count(-1)).toBeGreaterThan(0);
    const words = sign === 1 ? ['right', 'wrong'] : ['better', 'worse'];
    expect(comparisonText(document, 100).replaceAll(/\s+/g, ' ')).toContain(
      `Flipped items by ${metric}: ${document.flips.length} (${count(1)} now ${words[0]}, ${count(-1)} now ${words[1]})`,
    );
  });

  it('is judged by the gate, where worse is worse', async () => {
    const runs = await readRuns(out);
    const folders = MODELS.map(
      (model) =>
        runs.find((each) => each.manifest.model.name === model && each.manifest.task.name === name)?.folder ?? '',
    );
    const [a = '', b = ''] = folders;
    const verdicts = await Promise.all([gate(a, b), gate(b, a)]);
    const [there, back] = verdicts.map(({ checks }) => checks[0]);
    expect([there?.metric, there?.higherIsBetter]).toEqual([metric, sign === 1]);
    const gain = sign * (there?.difference.value ?? 0);
    expect(gain).not.toBe(0);
    // The loss that is not ruled out is the larger on the side that lost.
    expect(Math.sign((there?.possibleLoss ?? 0) - (back?.possibleLoss ?? 0))).toBe(-Math.sign(gain));
  });

  it('is the first number of the report, with its curve and its floor', async () => {
    const view: ReportView = JSON.parse(await report({ runs: out, format: 'json' }));
    const [row] = ofTask(view.headline);
    expect(row).toMatchObject({
      metric,
      floors: [{ name: 'empty text', value: sign === 1 ? 0 : 1, isOfWholeSetOnly: false }],
    });
    expect(row?.cells.map((cell) => cell?.estimate?.value)).toEqual(
      await Promise.all(MODELS.map(async (model) => mean(await stored(model, name, metric)))),
    );
    const [curve] = ofTask(view.curves);
    expect(curve?.accuracies[0]).toMatchObject({ metric, points: [{ steps: 1 }, { steps: 2 }] });
    expect(curve?.baselines).toEqual([expect.objectContaining({ model: 'random-gpt2' })]);
    expect(ofTask(view.pairs)[0]).toMatchObject({ metric });
    expect(ofTask(view.noise).map((each) => each.metric)).toEqual([metric, metric]);
  });
});
