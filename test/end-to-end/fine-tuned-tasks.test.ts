/** GSM8K and Countdown through `bench run`: both families, both protocols; what cannot be asked is said before it begins. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openModel } from '../../src/checkpoints/open.ts';
import { requireSftRow } from '../../src/checkpoints/require-sft-row.ts';
import { run as rescore } from '../../src/commands/rescore/rescore.ts';
import { run } from '../../src/commands/run/run.ts';
import type { ScoringSettings } from '../../src/core/model.ts';
import { type Question, type SftLayout, scored, visible } from '../../src/core/question.ts';
import { bothFamilies, fineTuned, jointWithoutBos, write } from '../../src/core/wording.ts';
import { fixtureRows } from '../../src/datasets/load-task.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import { openLanguageModel } from '../../src/lm/language-model.ts';
import type { RunFacts } from '../../src/report/view/run-facts.ts';
import { readRun } from '../../src/store/read-run.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import { WRITING_TASKS } from '../../tasks/index.ts';
import { recordingIo } from './recording-io.ts';

const MODELS = fileURLToPath(new URL('../../models/', import.meta.url));
const models = ['random-gpt2', 'random-diffugpt'];
const tasks = ['gsm8k', 'gsm8k-natural', 'countdown-3', 'countdown-4', 'countdown-5'];

let out: string;
beforeEach(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-fine-tuned-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

async function bench(options: Partial<RunOptions>): Promise<readonly RunFacts[]> {
  const io = recordingIo();
  const all = { ...RUN_DEFAULTS, models, tasks, fixtures: true, json: true, steps: [4], out: join(out, 'runs') };
  expect(await run({ ...all, ...options }, io)).toBe(0);
  return JSON.parse(io.written.stdout).runs;
}

async function textsOf({ path }: RunFacts) {
  const { records } = await readRun(path);
  return records.map(({ response }) => (response.kind === 'written' ? (response.views.default ?? []) : []));
}

/** A copy of a tiny model with other words about itself. */
async function modelWith(name: string, changes: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = join(out, name);
  await mkdir(folder);
  for (const file of await readdir(join(MODELS, name))) await copyFile(join(MODELS, name, file), join(folder, file));
  const bench = JSON.parse(await readFile(join(folder, 'bench.json'), 'utf8'));
  await writeFile(join(folder, 'bench.json'), JSON.stringify({ ...bench, ...changes }));
  return folder;
}

it.each(['canonical', 'paper'] as const)('runs every task with both families (%s)', async (protocol) => {
  const reports = await bench({ protocol, limit: 2 });
  expect(reports.map(({ task }) => task)).toEqual([...tasks, ...tasks]);
  for (const report of reports) {
    expect(report).toMatchObject({ headline: 'acc', unscored: 0, items: 2 });
    expect(Object.keys(report.metrics)).toContain(report.task.startsWith('gsm8k') ? 'accNumeric' : 'accLenient');
    const { manifest } = await readRun(report.path);
    expect(manifest.settings.sft?.sepId).toBe(report.family === 'diffusion' ? 93 : null);
    for (const [text] of await textsOf(report)) expect(text?.steps).toBe(report.family === 'diffusion' ? 4 : null);
  }
});

it('gives the verdicts of bench rescore', async () => {
  const [task] = WRITING_TASKS.filter(({ name }) => name === 'countdown-4');
  if (task === undefined) throw new RangeError('no task');
  const rows = (await fixtureRows(task)) as { input: string; output: string }[];
  const texts = rows.map(({ output }, i) => [output, ' 95+1=96', `${output},`][i % 3] as string);
  const context = { family: 'diffusion', protocol: 'canonical', headline: 'sum' } as const;
  const scores = await Promise.all(
    rows.map((row, i) => {
      const question = task.protocols.canonical?.question(row);
      if (question === undefined) throw new RangeError('no question');
      const written = { steps: 4, draw: 0, text: texts[i] as string, tokens: 1, nfe: 1 };
      return task.score(question, { kind: 'written', views: { default: [written] }, nfe: 1 }, context);
    }),
  );
  const mean = (metric: string) =>
    scores.reduce((sum, score) => sum + (score.kind === 'scored' ? (score.values[metric] ?? Number.NaN) : 0), 0) / 8;
  const file = join(out, 'predictions.jsonl');
  await writeFile(file, rows.map(({ input }, i) => JSON.stringify({ input, prediction: texts[i] })).join('\n'));
  const io = recordingIo();
  await rescore(
    {
      task: 'countdown',
      file,
      dataDir: null,
      clusters: null,
      eos: null,
      out: null,
      json: true,
      unsafeNoSandbox: false,
    },
    io,
  );
  const { metrics } = JSON.parse(io.written.stdout);
  expect([mean('acc'), mean('accLenient')]).toEqual([metrics.strict.value, metrics.lenient.value]);
  expect(mean('acc')).toBe(3 / 8);
});

it('stores the same bytes whatever shares a batch', async () => {
  const bytes = async (options: Partial<RunOptions>, folder: string) => {
    const runs = await bench({ tasks: ['countdown-4'], ...options, out: join(out, folder) });
    return Promise.all(runs.map(({ path }) => readFile(join(path, 'records.jsonl'), 'utf8')));
  };
  expect(await bytes({ batchTokens: 1, order: 'shuffled' }, 'alone')).toEqual(await bytes({}, 'together'));
});

describe('what does not fit is unanswered, and its neighbours are answered', () => {
  const short = 'How many are 2 and 3?';
  const long = 'How many are 2 and 3? '.repeat(60);
  const canonical = { length: 'canvas', steps: 'as-set', form: 'canonical', temperature: 'argmax', stops: [] } as const;
  const inRow = (source: string, canvas: number, tooLong: SftLayout['tooLong']): Question =>
    write('#### 5', bothFamilies(fineTuned(source, ' #### 5', { canvas, tooLong })), canonical);
  const fixed = (context: string, length: number): Question =>
    write('5', bothFamilies(jointWithoutBos([[visible(context), scored(' 5')]])), { ...canonical, length });

  it.each(models)('%s', async (name) => {
    const checkpoint = await openModel(name);
    const tokenizer = await loadTokenizer(checkpoint.folder);
    if (tokenizer === null) throw new RangeError('no tokenizer');
    const isDiffusion = checkpoint.options.family === 'diffusion';
    const model = await openLanguageModel({ checkpoint, tokenizer, engine: await onnxEngine() });
    const sft = requireSftRow(checkpoint, tokenizer.eosId);
    const settings: ScoringSettings = {
      protocol: 'canonical',
      estimator: 'test/1',
      seed: 0,
      steps: [2],
      passes: 1,
      draws: 1,
      openFraction: 1,
      shift: true,
      sft,
    };
    const kinds = async (...questions: readonly Question[]) => {
      const responses = await model.answer(
        questions.map((question, i) => ({ key: `q/${i}`, question })),
        settings,
      );
      return responses.map((response) => (response.kind === 'unanswered' ? response.reason : response.kind));
    };
    expect(
      await kinds(
        inRow(long, 64, 'unanswered'),
        inRow(short, 64, 'unanswered'),
        inRow(long, 64, 'cut-source'),
        inRow(short, 513, 'unanswered'),
        fixed(short, 4),
        fixed(short, 512),
        fixed(long, 4),
      ),
    ).toEqual([
      expect.stringMatching(/^a row of \d+ tokens does not fit the task's canvas of 64$/),
      'written',
      'written',
      "513 tokens do not fit the model's 512",
      'written',
      isDiffusion ? expect.stringMatching(/^\d+ tokens do not fit the model's 512$/) : 'written',
      expect.stringMatching(/^\d+ tokens do not fit the model's 512$/),
    ]);
    await model.dispose();
  });
});

it('says before the run what a diffusion model lacks', async () => {
  const folder = await modelWith('random-diffugpt', { sft: undefined });
  await expect(bench({ models: ['random-gpt2', folder], tasks: ['lambada', 'gsm8k'] })).rejects.toThrow(
    expect.objectContaining({
      code: 'bad-arguments',
      message: expect.stringContaining(folder),
      hint: expect.stringMatching(/add "sft": .*bench\.json/),
    }),
  );
  await expect(readdir(join(out, 'runs'))).rejects.toThrow(/ENOENT/);
});

it('asks an autoregressive model in the row that it declares', async () => {
  const folder = await modelWith('random-gpt2', { sft: { bosId: 511, sepId: 93, eosId: 511, padId: null } });
  const [plain, framed] = await bench({ models: ['random-gpt2', folder], tasks: ['countdown-3'] });
  if (plain === undefined || framed === undefined) throw new RangeError('two runs');
  expect((await readRun(framed.path)).manifest.settings.sft).toMatchObject({ bosId: 511, sepId: 93, padId: null });
  const lengths = async (report: RunFacts) => (await textsOf(report)).map(([text]) => text?.nfe ?? 0);
  const [without, withFrame] = [await lengths(plain), await lengths(framed)];
  // The same canvas, two tokens less to write in it, unless EOS came first.
  expect(withFrame.some((nfe, i) => nfe === (without[i] as number) - 2)).toBe(true);
});
