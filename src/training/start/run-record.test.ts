import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimFolder, type RunRecord, requireOwnFolder, threadsOf } from './run-record.ts';

const digests = { data: 'd', tokenizer: 't', init: 'i' };
const record = (config: Record<string, unknown>): RunRecord => ({
  verb: 'train',
  config: { lr: 0.1, ...config },
  digests,
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-record-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('takes a new folder, that of a run, and what a run left that ended before it had a record; refuses any other', async () => {
  const training = join(folder, 'training');
  await requireOwnFolder(join(folder, 'none'));
  await requireOwnFolder(folder);
  for (const name of ['train.log', '.gitkeep']) await writeFile(join(folder, name), '');
  await mkdir(training);
  await writeFile(join(training, 'lock'), '');
  await writeFile(join(training, 'config.json'), '{}');
  await requireOwnFolder(folder);
  await writeFile(join(folder, 'model.safetensors'), '');
  const refusal = `--out: expected a new or empty folder, found 1 file in ${folder}`;
  await expect(requireOwnFolder(folder)).rejects.toMatchObject({ code: 'bad-arguments', message: refusal });
  await claimFolder(training, record({}));
  await requireOwnFolder(folder);
  await rm(join(training, 'run.json'));
  await rm(join(folder, 'model.safetensors'));
  await writeFile(join(training, 'rows.csv'), '');
  await expect(requireOwnFolder(folder)).rejects.toThrow(`found 1 file in ${training}`);
});

it('takes the number of threads that is given, else that of the run, else one a core; none where an engine cannot choose', async () => {
  const onnx = { engine: 'onnx', threads: null };
  expect(await threadsOf(folder, onnx, 8)).toBe(8);
  expect(await threadsOf(folder, { engine: 'reference', threads: 3 }, 8)).toBeNull();
  await claimFolder(folder, record({ threads: 2 }));
  expect(await threadsOf(folder, onnx, 8)).toBe(2);
  expect(await threadsOf(folder, { ...onnx, threads: 4 }, 8)).toBe(4);
});

it('refuses another number of threads, naming both and the flag', async () => {
  const identity = await claimFolder(folder, record({ threads: 2 }));
  expect(await claimFolder(folder, record({ threads: 2 }))).toBe(identity);
  await expect(claimFolder(folder, record({ threads: 1 }))).rejects.toThrow(
    `--threads: ${folder} holds a run with 2 (the last bits of its weights depend on it), found 1`,
  );
});

it('names a setting that differs by its flag, also where the run has none', async () => {
  await claimFolder(folder, record({ annealSteps: 4 }));
  const refusal = (config: Record<string, unknown>) => claimFolder(folder, record(config));
  await expect(refusal({ annealSteps: 5 })).rejects.toThrow(`--anneal-steps: ${folder} holds a run with 4, found 5`);
  await expect(refusal({})).rejects.toThrow(`--anneal-steps: ${folder} holds a run with 4, found none`);
  await expect(refusal({ annealSteps: 4, loraRank: 2 })).rejects.toThrow(
    `--lora-rank: ${folder} holds a run without --lora-rank, found 2`,
  );
});

it.each([
  ['{"lr":1e999}', 'it holds a number that is too large (such as 1e999)'],
  [`{"lr":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'it holds lists or objects nested 200 deep'],
  ['7', 'key "config": Invalid input: expected record, received number'],
])('refuses a damaged record in a sentence: config %#', async (config, problem) => {
  await claimFolder(folder, record({}));
  const file = join(folder, 'run.json');
  await writeFile(file, `{"verb":"train","config":${config},"digests":${JSON.stringify(digests)}}`);
  const refused = { code: 'store-corrupt', message: `${file}: expected the record of a run, but ${problem}` };
  await expect(claimFolder(folder, record({}))).rejects.toMatchObject(refused);
  await expect(threadsOf(folder, { engine: 'onnx', threads: null }, 8)).rejects.toMatchObject(refused);
});

it('goes on with a run of before that said of no threads, under the identity that it has', async () => {
  const old = record({});
  const identity = await claimFolder(folder, old);
  expect(await claimFolder(folder, record({ threads: 2 }))).toBe(identity);
  expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toEqual(old);
});

it('refuses what is no record', async () => {
  await writeFile(join(folder, 'run.json'), '{}');
  await expect(threadsOf(folder, { engine: 'onnx', threads: null }, 2)).rejects.toThrow('expected the record of a run');
});
