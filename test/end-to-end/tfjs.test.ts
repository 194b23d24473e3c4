/** The verbs on the tfjs engine: scoring, writing and training, both families, next to onnx. Runs what `bench` runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERBS } from '../../src/cli.ts';
import { SCORE_DEFAULTS, run as score } from '../../src/commands/score/score.ts';
import { settled } from '../../src/commands/shell/command-line.ts';
import { observe } from '../../src/commands/shell/observe.ts';
import { help } from '../../src/commands/shell/usage.ts';
import type { ListedVerb } from '../../src/commands/shell/verb.ts';
import { run as train } from '../../src/commands/train/train.ts';
import { TRAINING } from '../../src/commands/train/training-verbs.ts';
import { executeRuns, prepareRuns } from '../../src/evaluate/execute-runs.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import type { StoredRun } from '../../src/store/stored-run.ts';
import type { TrainingVerb } from '../../src/training/start/options.ts';
import { recordingIo } from './recording-io.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FOLDER = mkdtempSync(join(tmpdir(), 'bench-tfjs-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

const OPTIONS: RunOptions = {
  ...RUN_DEFAULTS,
  models: ['random-gpt2', 'random-diffugpt'],
  tasks: ['piqa', 'lambada-decoding'],
  fixtures: true,
  limit: 4,
  passes: 8,
  steps: [1, 4],
};

async function runs(options: Partial<RunOptions>): Promise<readonly StoredRun[]> {
  const all = { ...OPTIONS, ...options };
  const io = recordingIo();
  return (await executeRuns(await prepareRuns(all, observe(io)), all, observe(io))).map(({ stored }) => stored);
}

let tfjs: readonly StoredRun[];
beforeAll(async () => {
  tfjs = await runs({ engine: 'tfjs', out: join(FOLDER, 'both') });
});

it('scores and writes as onnx does, as runs of their own', async () => {
  const onnx = await runs({ engine: 'onnx', out: join(FOLDER, 'both') });
  expect(tfjs).toHaveLength(4);
  tfjs.forEach(({ manifest, records }, i) => {
    expect(manifest.model.engine).toMatch(/^tfjs-(wasm|node|node-gpu) \d+\.\d+\.\d+ \(/);
    expect(manifest.model.engine).not.toBe(onnx[i]?.manifest.model.engine);
    const numbers = numbersIn(records.map(({ response }) => response));
    const expected = numbersIn(onnx[i]?.records.map(({ response }) => response));
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers).toHaveLength(expected.length);
    const errors = numbers.map((value, n) => Math.abs(value - (expected[n] as number)));
    expect(Math.max(...errors)).toBeLessThan(1e-3); // sums of up to a few dozen log-probabilities
  });
});

it('gives the same records whatever the batch and the order, in WebAssembly', async ({ skip }) => {
  if (!tfjs[0]?.manifest.model.engine.startsWith('tfjs-wasm'))
    skip('a native package is installed: it promises no such thing');
  const parts = await runs({ engine: 'tfjs', out: join(FOLDER, 'parts'), batchTokens: 64, order: 'shuffled' });
  expect(parts.map(({ records }) => records)).toEqual(tfjs.map(({ records }) => records));
});

it('answers requests of bench score as onnx does', async () => {
  const file = join(FOLDER, 'requests.jsonl');
  writeFileSync(
    file,
    [
      { id: 0, kind: 'masked', ids: [1, 2, 3, 4], mask: [2, 3] },
      { id: 1, kind: 'denoising', ids: [1, 2, 3, 4, 5, 6], scored: [3, 4, 5], steps: [1, 4] },
    ]
      .map((request) => `${JSON.stringify(request)}\n`)
      .join(''),
  );
  const answers = async (engine: 'tfjs' | 'onnx') => {
    const io = recordingIo();
    expect(await score({ ...SCORE_DEFAULTS, file, model: 'random-diffugpt', engine }, io)).toBe(0);
    return numbersIn(
      io.written.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  };
  const [found, expected] = [await answers('tfjs'), await answers('onnx')];
  expect(found.length).toBeGreaterThan(5);
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-4);
  });
});

it('trains, adapts and fine-tunes to the losses of onnx', async () => {
  const text = join(FOLDER, 'text.txt');
  writeFileSync(text, Array.from({ length: 90 }, (_, i) => `The cat saw ${i % 17} birds.`).join('\n'));
  const quick = { steps: '4', batch: '4', warmup: '2', 'eval-rows': '4', 'eval-draws': '2', json: true };
  const trained = async (verb: TrainingVerb, flags: object, engine: 'tfjs' | 'onnx') => {
    const out = join(FOLDER, `${verb}-${engine}`);
    const io = recordingIo();
    expect(await train(await settled(TRAINING[verb], { ...quick, ...flags, engine, out }), io)).toBe(0);
    const lines = readFileSync(join(out, 'training', 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    return numbersIn(lines.map((line) => JSON.parse(line)));
  };
  const base = join(FOLDER, 'train-onnx');
  const verbs: readonly [TrainingVerb, object][] = [
    ['train', { arch: '1,16,2,24', vocab: '50', data: text }],
    ['adapt', { init: base, data: text, 'anneal-steps': '3', 'mask-token': 'new' }],
    ['finetune', { init: base, task: 'arithmetic', length: '12', 'lora-rank': '2', 'accuracy-rows': '2' }],
  ];
  for (const [verb, flags] of verbs) {
    const expected = await trained(verb, flags, 'onnx');
    const found = await trained(verb, flags, 'tfjs');
    expect(found).toHaveLength(expected.length);
    expect(found.length).toBeGreaterThan(16);
    found.forEach((value, i) => {
      expect(Math.abs(value - (expected[i] as number)), `${verb}, number ${i}`).toBeLessThan(1e-3);
    });
  }
});

it.each(['run', 'train', 'adapt', 'finetune'])('stands in the help of %s', async (name) => {
  const verb = VERBS.find((each) => each.name === name);
  expect(await help(verb as ListedVerb, 100)).toMatch(/--engine +onnx, tfjs or reference/);
});

it('prints its table and nothing of TensorFlow', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'bin', 'bench.js'),
      ...['run', '--models', 'random-gpt2', '--tasks', 'piqa', '--fixtures', '--engine', 'tfjs'],
      ...['--limit', '2', '--out', join(FOLDER, 'printed')],
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect(status).toBe(0);
  expect(stdout).toContain('engine tfjs-');
  expect(stdout + stderr).not.toMatch(/tensorflow|speed things up|webgl/i);
});

/** Every number of a value, in the order of its keys. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, part]) => numbersIn(part));
}
