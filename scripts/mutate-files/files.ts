/** Stored inputs that are mutated, and the verbs that read them. */
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { resolveModel } from '../../src/checkpoints/resolve-model.ts';
import { seal } from '../../src/core/text/digest.ts';
import { bench } from './bench.ts';
import { type Draws, forge } from './mutations.ts';

export interface Reading {
  readonly verb: string;
  readonly names: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
  /** Files and folders below the trial's folder of which the content counts, besides what is printed. */
  readonly writes?: readonly string[];
  /** What is printed counts not: it says how long things took. */
  readonly prints?: false;
}

export interface StoredFile {
  readonly name: string;
  /** Below the trial's folder. */
  readonly path: string;
  /** Made right again after a forgery, so that the value itself meets the reader; absent: bytes are damaged only. */
  readonly forge?: (bytes: Buffer, draws: Draws) => Buffer;
  readonly readings: readonly Reading[];
  /** A reader cannot know that it was changed, and why that is so; null = every change must be noticed. */
  readonly unknowable: string | null;
  /** Of damage after which the file is one that a writer could have left; absent: there is none. */
  readonly isWhole?: (bytes: Buffer) => boolean;
}

/** Makes runs, a baseline, a training run and a checkpoint in a folder, and lists what is there to be mutated. */
export async function storeAll(folder: string): Promise<readonly StoredFile[]> {
  const at = (...names: readonly string[]) => join(folder, ...names);
  const runs = { models: 'tiny-gpt2,tiny-diffugpt', tasks: 'piqa,pointer-chasing', fixtures: true, limit: 4 };
  const again = { ...runs, trace: true, passes: 5, steps: '4', out: at('runs') };
  await made('run', again);
  for (const shard of ['1/2', '2/2'])
    await made('run', { ...runs, tasks: 'piqa', models: 'tiny-gpt2', shard, out: at('parts') });
  await made('bless', { name: 'base', out: at('baselines') }, undefined, [at('runs')]);
  const training = {
    ...{
      init: 'tiny-diffugpt',
      task: 'word-problems',
      steps: 2,
      batch: 2,
      length: 64,
      'eval-rows': 2,
      'eval-draws': 1,
    },
    ...{ out: at('trained'), threads: 1 },
  };
  await made('finetune', training, AbortSignal.abort());
  writeFileSync(at('trained/training/metrics.jsonl'), METRICS);
  cpSync((await resolveModel('random-diffugpt')).folder, at('checkpoint'), { recursive: true });
  writeFileSync(at('requests.jsonl'), REQUESTS);
  writeFileSync(at('predictions.jsonl'), PREDICTIONS);
  const written = readdirSync(at('runs')).find((name) => name.startsWith('tiny-diffugpt-pointer')) as string;
  const run = at('runs', written);
  const show = { verb: 'show', names: [run], flags: {} };
  const item = { verb: 'show', names: [run, '0'], flags: { json: true } };
  const page = { verb: 'report', names: [], flags: { runs: at('runs'), out: at('r.html') }, writes: ['r.html'] };
  const tables = {
    ...{ verb: 'report', names: [], writes: ['r.md'] },
    flags: { runs: at('runs'), format: 'md', out: at('r.md') },
  };
  const compare = { verb: 'compare', names: [at('runs')], flags: { models: runs.models, clusters: 'none' } };
  const gate = { verb: 'gate', names: [], flags: { baseline: at('baselines/base.json'), candidate: at('runs') } };
  const resume = {
    verb: 'run',
    names: [],
    flags: again,
    writes: [join('runs', written, 'records.jsonl')],
    prints: false,
  } as const;
  const train = {
    verb: 'finetune',
    names: [],
    flags: training,
    writes: ['trained/model.safetensors'],
    prints: false,
  } as const;
  const score = {
    verb: 'score',
    names: [at('requests.jsonl')],
    flags: { model: at('checkpoint'), engine: 'reference' },
  };
  const [shared] = readdirSync(at('parts/shard-1-of-2')) as [string];
  const merge = {
    ...{ verb: 'merge', names: [at('parts')], flags: { out: at('merged') } },
    writes: ['manifest.json', 'records.jsonl', 'questions.jsonl.gz'].map((name) => join('merged', shared, name)),
  };
  const ofShare = (name: string) => ({
    ...{ name: `share, ${name}`, path: join('parts/shard-1-of-2', shared, name), readings: [merge] },
  });
  const inRun = (name: string) => ({ name, path: join('runs', written, name), unknowable: null });
  const lines = (parts: (line: string, draws: Draws) => string) => (bytes: Buffer, draws: Draws) => {
    const all = bytes.toString().trimEnd().split('\n');
    const one = draws.below(all.length);
    return Buffer.from(`${all.map((line, i) => (i === one ? parts(line, draws) : line)).join('\n')}\n`);
  };
  const sealed = (bytes: Buffer, draws: Draws) => Buffer.from(resealed(forge(bytes.toString(), draws)));
  const plain = (bytes: Buffer, draws: Draws) => Buffer.from(forge(bytes.toString(), draws));
  const model = 'another checkpoint is another model: runs carry its digest';
  const given = 'it is what the user asks for';
  return [
    { ...inRun('manifest.json'), readings: [show, tables, compare, resume] },
    { ...inRun('records.jsonl'), forge: lines(recrced), readings: [show, item, tables, page, compare, resume] },
    { ...inRun('environment.json'), forge: sealed, readings: [show, tables, resume] },
    { ...inRun('summary.json'), forge: plain, readings: [show, tables, resume] },
    { ...inRun('questions.jsonl.gz'), forge: zipped(lines(forge)), readings: [item, page, resume] },
    { ...inRun('traces.jsonl.gz'), forge: member, readings: [item, page, resume], isWhole: isGzip },
    { ...ofShare('manifest.json'), unknowable: null },
    { ...ofShare('records.jsonl'), forge: lines(recrced), unknowable: null },
    { ...ofShare('environment.json'), forge: sealed, unknowable: null },
    { ...ofShare('questions.jsonl.gz'), forge: zipped(lines(forge)), unknowable: null },
    { name: 'baseline', path: 'baselines/base.json', forge: sealed, readings: [gate], unknowable: null },
    { name: 'training/run.json', path: 'trained/training/run.json', forge: plain, readings: [train], unknowable: null },
    { name: 'training/state', path: 'trained/training/state.safetensors', readings: [train], unknowable: null },
    {
      ...{ name: 'training/metrics.jsonl', path: 'trained/training/metrics.jsonl', forge: lines(forge) },
      ...{ readings: [train], unknowable: null },
    },
    ...['config.json', 'tokenizer.json', 'tokenizer_config.json', 'bench.json', 'generation_config.json'].map(
      (name) => ({
        ...{ name: `checkpoint, ${name}`, path: join('checkpoint', name), forge: plain },
        ...{ readings: [score], unknowable: model },
      }),
    ),
    { name: 'checkpoint, weights', path: 'checkpoint/model.safetensors', readings: [score], unknowable: model },
    { name: 'requests', path: 'requests.jsonl', forge: lines(forge), readings: [score], unknowable: given },
    {
      ...{ name: 'predictions', path: 'predictions.jsonl', forge: lines(forge), unknowable: given },
      readings: [{ verb: 'rescore', names: ['countdown', at('predictions.jsonl')], flags: {} }],
    },
  ];
}

/** @throws RangeError where the verb does not do it */
async function made(
  verb: string,
  flags: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
  names: readonly string[] = [],
): Promise<void> {
  const { kind, told } = await bench(verb, names, flags, signal);
  if (kind === 'refused' || kind === 'unexpected') throw new RangeError(`${verb}: ${told}`);
}

const REQUESTS = `${[
  { id: 1, kind: 'masked', ids: [1, 2, 3, 4], mask: [1, 2] },
  { id: 2, kind: 'denoising', ids: [1, 2, 3, 4], scored: [2, 3], steps: [1, 2] },
  { id: 3, kind: 'infill', ids: [1, 2, 3, 4], mask: [1, 2], steps: 2 },
]
  .map((each) => JSON.stringify(each))
  .join('\n')}\n`;

/** As if a run had measured before its first step. */
const METRICS = `${[
  { step: 0, loss: 3.5, gradientNorm: 1.25, learningRate: 0.001 },
  { step: 0, heldOut: [{ source: 'a', natsPerToken: 4.5, standardError: 0.25, rows: 2, tokens: 20 }] },
  { step: 0, accuracy: [{ source: 'a', steps: 8, right: 1, problems: 2 }] },
]
  .map((each) => JSON.stringify(each))
  .join('\n')}\n`;

const PREDICTIONS = `${[
  { input: '86,28,13,31,96', prediction: '86+28=114,31-13=18,114-18=96' },
  { input: '86,28,13,31,96', prediction: 'none' },
]
  .map((each) => JSON.stringify(each))
  .join('\n')}\n`;

/** A line of records with the checksum of what it now holds. */
function recrced(line: string, draws: Draws): string {
  const record = forge(line.slice('{"crc":"00000000","record":'.length, -1), draws);
  return `{"crc":"${crc32(Buffer.from(record)).toString(16).padStart(8, '0')}","record":${record}}`;
}

/** As JSON can be sealed: what cannot keeps its old seal. */
function resealed(json: string): string {
  try {
    return JSON.stringify(seal(JSON.parse(json) as object));
  } catch {
    return json;
  }
}

/** Members that are lost whole leave a file of fewer traces, as it is before the others are made. */
function isGzip(bytes: Buffer): boolean {
  try {
    return bytes.length === 0 || gunzipSync(bytes).length > 0;
  } catch {
    return false;
  }
}

const zipped =
  (change: (bytes: Buffer, draws: Draws) => Buffer) =>
  (bytes: Buffer, draws: Draws): Buffer =>
    gzipSync(change(gunzipSync(bytes), draws));

/** The members of a trace file are put together again as one a line. */
function member(bytes: Buffer, draws: Draws): Buffer {
  const all = gunzipSync(bytes).toString().trimEnd().split('\n');
  const one = draws.below(all.length);
  return Buffer.concat(all.map((line, i) => gzipSync(`${i === one ? forge(line, draws) : line}\n`)));
}
