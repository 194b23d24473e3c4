/**
 * One build, one model, one dtype, in a process of its own: how long until it can answer, how long it takes, how much memory.
 * `node child.js ROOT FOLDER DTYPE JOB COUNT` prints JSON; ROOT is a built checkout, of this version or an earlier one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type * as Open from '../../src/checkpoints/open.ts';
import type { Engine, WeightDtype } from '../../src/engines/engine.ts';
import type * as OnnxEngine from '../../src/engines/onnx/engine.ts';
import type * as ForwardOf from '../../src/lm/forward/forward.ts';
import { branch } from '../../src/lm/lowering/branch.ts';
import type * as Generator from '../../src/lm/writing/text-generator.ts';
import type * as Programs from '../../src/programs/next-token.ts';
import { maskedPasses } from '../bench-scoring/masked-passes.ts';
import { hellaswagShaped, secondsOf } from '../bench-scoring/workbench.ts';
import type { Job, Measured } from './measured.ts';

/** Of `masked`. */
const PASSES = 32;
const PROMPT = Int32Array.from({ length: 16 }, (_, i) => 100 + i);

/** The modules of a build, by the names that versions gave them. */
async function modulesOf(root: string) {
  const from = async <Module>(...paths: readonly string[]): Promise<Module> => {
    const found = paths.map((path) => join(root, 'dist/src', path)).find(existsSync);
    if (found === undefined) throw new Error(`${root}: expected one of ${paths.join(', ')} in dist/src`);
    return import(pathToFileURL(found).href);
  };
  return {
    ...(await from<typeof Open>('checkpoints/open.js')),
    ...(await from<typeof OnnxEngine>('engines/onnx/engine.js')),
    ...(await from<typeof ForwardOf>('lm/forward/forward.js', 'lm/open-net.js')),
    ...(await from<typeof Programs>('programs/next-token.js', 'nets/next-token.js')),
    ...(await from<typeof Generator>('lm/writing/text-generator.js', 'lm/next-tokens.js')),
  };
}

async function measure(root: string, folder: string, dtype: string, job: Job, count: number): Promise<Measured> {
  const build = await modulesOf(root);
  const started = performance.now();
  const checkpoint = await build.openCheckpoint(folder);
  await checkpoint.digest();
  const engine = await build.onnxEngine(dtype === 'float32' ? {} : { dtype: dtype as WeightDtype });
  const ready = (): number => (performance.now() - started) / 1000;
  return job === 'greedy'
    ? writing(build, checkpoint, engine, count, ready)
    : scoring(build, checkpoint, engine, job, count, ready);
}

type Build = Awaited<ReturnType<typeof modulesOf>>;

async function writing(
  { pastProgram, cachedBatch }: Build,
  checkpoint: Checkpoint,
  engine: Engine,
  count: number,
  ready: () => number,
): Promise<Measured> {
  const net = checkpoint.architecture;
  const executable = await engine.compile(pastProgram(net), checkpoint.tensors, checkpoint);
  const from = ready();
  const batch = cachedBatch(executable, net, false);
  let next = await batch.admit([PROMPT]);
  const seconds = await secondsOf(async () => {
    for (let i = 0; i < count; i++) next = await batch.extend(next.map(({ best }) => best));
  });
  return { ready: from, seconds, work: count, ...memory(), logprobs: [] };
}

async function scoring(
  { openNet }: Build,
  checkpoint: Checkpoint,
  engine: Engine,
  job: Job,
  count: number,
  ready: () => number,
): Promise<Measured> {
  const { forward } = await openNet(checkpoint, engine);
  const from = ready();
  const rows = checkpoint.architecture.vocabularyRows;
  const items = job === 'long' ? hellaswagShaped(count, rows, 412, 1, 100) : hellaswagShaped(count, rows);
  const sequences = job === 'masked' ? await maskedPasses(items, PASSES) : items.map((item) => branch(item).sequence);
  // A whole batch of each size that follows: the first of a size plans and takes memory.
  if (job === 'choice') await forward(sequences);
  const logprobs: number[] = [];
  const seconds = await secondsOf(async () => {
    for (const { logprobs: each } of await forward(sequences)) logprobs.push(...each);
  });
  return { ready: from, seconds, work: count, ...memory(), logprobs };
}

/** Resident now, without pages of mapped files, and at the most, with them; bytes. */
function memory(): { readonly anonymous: number; readonly peak: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { anonymous: of('RssAnon'), peak: of('VmHWM') };
}

const [root = '', folder = '', dtype = '', job = '', count = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(root, folder, dtype, job as Job, Number(count))));
