/** `bench replay`: a run computed again is the same to the byte; what changed is named before anything is computed. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { writeSafetensors } from '../../src/checkpoints/formats/write-safetensors.ts';
import { type ReplayOptions, run as replay } from '../../src/commands/check/replay.ts';
import { run } from '../../src/commands/run/run.ts';
import type { ItemRecord } from '../../src/core/record.ts';
import { RUN_DEFAULTS, type RunOptions } from '../../src/evaluate/options.ts';
import type { ReplayDocument } from '../../src/report/terminal/replay-text.ts';
import { readRun } from '../../src/store/read-run.ts';
import { recordLine } from '../../src/store/records/record-file.ts';
import { recordingIo } from './recording-io.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BENCH = join(ROOT, 'bin', 'bench.js');

let out: string;
let model: string;
beforeAll(async () => {
  vi.stubEnv('BENCH_DATA_DIR', '');
  out = await mkdtemp(join(tmpdir(), 'bench-replay-'));
  model = join(out, 'model');
  cpSync(join(ROOT, 'models/random-diffugpt'), model, { recursive: true });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

async function storedRun(changes: Partial<RunOptions>): Promise<string> {
  const io = recordingIo();
  const given = { models: [model], tasks: ['piqa'], passes: 9, steps: [8], fixtures: true };
  expect(await run({ ...RUN_DEFAULTS, ...given, out: join(out, 'runs'), json: true, ...changes }, io)).toBe(0);
  return JSON.parse(io.written.stdout).runs[0].path;
}

/** A LoRA adapter of one matrix, as PEFT saves it. */
async function writeAdapter(folder: string): Promise<void> {
  mkdirSync(folder);
  const config = { peft_type: 'LORA', r: 1, lora_alpha: 8, fan_in_fan_out: true, base_model_name_or_path: 'base' };
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
  const { n_embd: width } = JSON.parse(readFileSync(join(model, 'config.json'), 'utf8'));
  const factor = (side: 'A' | 'B', shape: readonly number[]) => ({
    name: `base_model.model.transformer.h.0.attn.c_proj.lora_${side}.weight`,
    ...{ dtype: 'F32' as const, shape },
    values: () => [new Float32Array(width).fill(0.1)],
  });
  await writeSafetensors(join(folder, 'adapter_model.safetensors'), [factor('A', [1, width]), factor('B', [width, 1])]);
}

const DEFAULTS: Omit<ReplayOptions, 'path'> = {
  model: null,
  tokenizer: null,
  adapter: null,
  dataDir: null,
  shotsFrom: null,
  sample: null,
  seed: 0,
  threads: null,
  unsafeNoSandbox: false,
  anyway: false,
  json: true,
};

async function replayed(path: string, changes: Partial<ReplayOptions> = {}): Promise<[number, ReplayDocument]> {
  const io = recordingIo();
  const code = await replay({ ...DEFAULTS, path, ...changes }, io);
  return [code, JSON.parse(io.written.stdout)];
}

it.each([
  ['bound', {}],
  ['drawn masks', { protocol: 'paper' }],
  ['leaked steps', { protocol: 'paper', emulateLeak: true }],
  ['another attention and reading', { attention: 0.5, shift: false }],
  ['left to right', { models: ['random-gpt2'] }],
  ['drawn texts', { tasks: ['lambada-decoding'], protocol: 'paper', draws: 2 }],
  ['a prefix in another order', { limit: 5, order: 'shuffled', engine: 'reference', tasks: ['lambada'] }],
] as const)('gives the same bytes: %s', async (_what, changes) => {
  const path = await storedRun(changes);
  const { records } = await readRun(path);
  const [code, document] = await replayed(path);
  expect(document).toMatchObject({ verdict: 'identical', compared: records.length, differing: [], changed: [] });
  expect(code).toBe(0);
});

it('finds model, tokenizer and adapter where the run did, whatever it calls them', async () => {
  const tokenizer = join(out, 'tokenizer');
  cpSync(model, tokenizer, { recursive: true });
  const adapter = join(out, 'adapter');
  await writeAdapter(adapter);
  const path = await storedRun({ models: [`mine=${model}:tokenizer=${tokenizer}`], adapter });
  expect((await readRun(path)).environment.sessions[0]?.openedFrom).toEqual({ model, tokenizer, adapter });
  const [code, document] = await replayed(path);
  expect([code, document.verdict, document.changed]).toEqual([0, 'identical', []]);

  await rm(adapter, { recursive: true });
  await expect(replayed(path)).rejects.toMatchObject({
    code: 'missing-checkpoint',
    message: expect.stringContaining(`the run opened its model from ${model} with ${adapter}: `),
    hint: expect.stringContaining(`bench replay ${path} --model FOLDER --adapter FOLDER`),
  });
});

it('asks for the folder of a model of which an earlier version kept the given name only', async () => {
  const path = await storedRun({ models: [`mine=${model}`], seed: 76 });
  await rm(join(path, 'environment.json'));
  await expect(replayed(path)).rejects.toMatchObject({
    code: 'unknown-name',
    message: 'the run calls its model "mine", which is neither a folder nor in the catalog',
    hint: expect.stringContaining('--model FOLDER'),
  });
  expect((await replayed(path, { model }))[1]).toMatchObject({ verdict: 'identical', changed: [] });
});

it('draws the same sample for the same seed', async () => {
  const path = await storedRun({});
  const [code, document] = await replayed(path, { sample: 3, seed: 5 });
  expect([code, document.compared, document.sample]).toEqual([0, 3, { items: 3, seed: 5 }]);
});

it('names the first member of the first record that differs, and counts the others', async () => {
  const path = await storedRun({ seed: 77 });
  const { records } = await readRun(path);
  const tampered = records.map((record): ItemRecord => {
    if (record.index < 4 || record.response.kind !== 'answered') return record;
    return { ...record, response: { ...record.response, nfe: record.response.nfe + 1 } };
  });
  writeFileSync(join(path, 'records.jsonl'), tampered.map(recordLine).join(''));
  const [code, document] = await replayed(path);
  const nfe = records[4]?.response.kind === 'answered' ? records[4].response.nfe : 0;
  expect(code).toBe(3);
  expect(document).toMatchObject({
    verdict: 'differs',
    differing: ['piqa/4', 'piqa/5', 'piqa/6', 'piqa/7', 'piqa/8'],
    first: { id: 'piqa/4', path: 'response.nfe', stored: String(nfe + 1), found: String(nfe) },
  });
  const io = recordingIo();
  await replay({ ...DEFAULTS, path, json: false }, io);
  expect(io.written.stdout).toMatch(/differs: of 9 of 9 items computed\s+again, 5 differ \(piqa\/4, piqa\/5,/);
  expect(io.written.stdout).toMatch(/response\.nfe +stored \d+\n +now +\d+/);
});

it('refuses a run without records, and says of a part that it is one', async () => {
  const path = await storedRun({ seed: 80 });
  const file = join(path, 'records.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, `${lines.slice(0, 4).join('\n')}\n`);
  const [code, document] = await replayed(path);
  expect([code, document.verdict, document.stored, document.asked]).toEqual([0, 'identical-part', 4, 9]);
  const io = recordingIo();
  await replay({ ...DEFAULTS, path, json: false }, io);
  expect(io.written.stdout.replace(/\s+/g, ' ')).toContain(
    ': part of the run is identical: 4 of 9 asked items computed again gave the same bytes; 5 are not stored.',
  );
  for (const remove of [() => writeFileSync(file, ''), () => rmSync(file)]) {
    remove();
    await expect(replayed(path)).rejects.toMatchObject({
      code: 'store-corrupt',
      message: `${path}: expected stored items to compute again, found none of 9`,
      hint: 'repeat its bench run command; it computes what is missing',
    });
  }
});

it('computes nothing with other weights unless told to, and names both digests', async () => {
  const path = await storedRun({ seed: 78 });
  const { manifest } = await readRun(path);
  const other = join(out, 'other');
  cpSync(model, other, { recursive: true });
  const file = join(other, 'model.safetensors');
  const bytes = readFileSync(file);
  bytes.fill(0x3e, bytes.length - 4000, bytes.length - 2000);
  writeFileSync(file, bytes);

  const [refused, document] = await replayed(path, { model: other });
  expect([refused, document.verdict, document.compared]).toEqual([3, 'changed', 0]);
  expect(document.changed).toEqual([
    {
      path: 'model.weightsDigest',
      stored: JSON.stringify(manifest.model.weightsDigest),
      found: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    },
  ]);
  const [code, anyway] = await replayed(path, { model: other, anyway: true });
  expect([code, anyway.verdict, anyway.compared]).toEqual([3, 'differs', 9]);
  expect(anyway.first?.path).toMatch(/^response\.views\.default\./);

  const copy = join(out, 'copy');
  cpSync(model, copy, { recursive: true });
  expect((await replayed(path, { model: copy }))[1]).toMatchObject({ verdict: 'identical', changed: [] });
});

it('is a verb, with exit codes', async () => {
  const path = await storedRun({ seed: 79 });
  const bench = (...args: readonly string[]) =>
    spawnSync(process.execPath, [BENCH, 'replay', ...args], { cwd: out, encoding: 'utf8' });
  const same = bench(join('runs', basename(path)), '--sample', '2');
  expect([same.status, same.stderr]).toEqual([0, '']);
  expect(same.stdout).toMatch(/identical: 2 of 9 items \(drawn with seed 0\)/);
  expect(bench(path, '--sample', 'x')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--sample: expected a whole number of at least 1, found "x"'),
  });
  expect(bench(path, '--model', 'random-gpt2')).toMatchObject({ status: 2 });
});
