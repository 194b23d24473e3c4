/**
 * llama.cpp through node-llama-cpp, in a process of its own: `node llama-cpp-child.js PACKAGE FILE JOB COUNT` prints JSON as `child.ts` does.
 * `choice`: each item's tokens (70, and four endings of 25) as one prompt, of which nothing is returned: an upper bound of what scoring them
 * could reach. `greedy`: tokens one after the other behind a prompt of 16.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { secondsOf } from '../bench-scoring/workbench.ts';
import type { Measured } from './measured.ts';

interface Sequence {
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>;
  evaluate(tokens: readonly number[], options: { readonly temperature: number }): AsyncGenerator<number>;
  clearHistory(): Promise<void>;
}

/** What is used of the package. */
interface Package {
  getLlama(options: Readonly<Record<string, unknown>>): Promise<{
    loadModel(options: Readonly<Record<string, unknown>>): Promise<{
      createContext(options: Readonly<Record<string, unknown>>): Promise<{ getSequence(): Sequence }>;
    }>;
  }>;
}

const THREADS = 2;
const CONTEXT = 512;
const TOKENS_OF_ITEM = 70 + 4 * 25;
const PROMPT = 16;

const tokens = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => 100 + ((i * 7919 + seed * 104729) % 20_000));

async function open(folder: string, file: string): Promise<Sequence> {
  const { getLlama } = (await import(
    pathToFileURL(join(folder, 'node_modules/node-llama-cpp/dist/index.js')).href
  )) as Package;
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: THREADS, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({ contextSize: CONTEXT, batchSize: CONTEXT, threads: THREADS });
  return context.getSequence();
}

const JOBS: Readonly<Record<string, (sequence: Sequence, count: number) => Promise<void>>> = {
  choice: async (sequence, count) => {
    for (let item = 0; item < count; item++) {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens(tokens(TOKENS_OF_ITEM, item));
    }
  },
  greedy: async (sequence, count) => {
    await sequence.clearHistory();
    let written = 0;
    for await (const _ of sequence.evaluate(tokens(PROMPT, 0), { temperature: 0 })) if (++written === count) return;
    throw new Error(`llama.cpp ended after ${written} of ${count} tokens`);
  },
};

async function measure(folder: string, file: string, job: string, count: number): Promise<Measured> {
  const started = performance.now();
  const sequence = await open(folder, file);
  const ready = (performance.now() - started) / 1000;
  const run = JOBS[job] as (sequence: Sequence, count: number) => Promise<void>;
  await run(sequence, Math.min(count, 2)); // plans and takes memory
  const seconds = await secondsOf(() => run(sequence, count));
  const status = readFileSync('/proc/self/status', 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { ready, seconds, work: count, anonymous: of('RssAnon'), peak: of('VmHWM'), logprobs: [] };
}

const [folder = '', file = '', job = '', count = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(folder, file, job, Number(count))));
process.exit(0); // the package keeps threads
