/**
 * Time and memory of `bench compare`: `node dist/scripts/bench-compare.js [items …]` (default: 10000 20000 40000). Writes two models with
 * that many synthetic records, spread over eight tasks, to BENCH_SCRATCH (default: the system's temporary folder) and compares
 * them in a process of its own. Run it on an idle machine.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RunManifest } from '../src/core/manifest.ts';
import { stream } from '../src/core/numbers/random.ts';
import type { ItemRecord } from '../src/core/record.ts';
import { canonicalJson } from '../src/core/text/canonical-json.ts';
import { recordLine } from '../src/store/records/record-file.ts';
import { RUN_FILES, runFolder } from '../src/store/run-folder.ts';

const TASKS = 8;
const CHOICES = 4;
const MODELS = ['one', 'two'];
const MOST_SECONDS = 10;
const MOST_BYTES = 1.5 * 2 ** 30;

const bin = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));

function manifestOf(model: string, task: string, rows: number): RunManifest {
  return {
    format: 'bench-run/1',
    task: { name: task, version: 1 },
    dataset: { source: `${task}/synthetic`, digest: 'synthetic', rows, variant: null },
    limit: null,
    model: {
      name: model,
      family: 'diffusion',
      architecture: 'gpt2',
      parameters: 1,
      weightsDigest: model,
      tokenizerDigest: 't',
      vocabularyRows: 9,
      contextLength: 512,
      maskId: 8,
      bosId: null,
      engine: 'synthetic',
      dtype: 'float32',
    },
    settings: {
      protocol: 'canonical',
      estimator: 'masked-cross-entropies/2',
      seed: 0,
      steps: [32],
      passes: 32,
      draws: 1,
      openFraction: 1,
      shift: true,
    },
  };
}

/** A record of the size of HellaSwag's: four endings of 25 tokens, with their e(k). */
function recordOf(model: string, task: string, index: number): ItemRecord {
  const shared = stream(0, 'item', task, index);
  const own = stream(0, 'model', model, task, index);
  const costs = Array.from({ length: CHOICES }, (_, i) => 60 + 20 * shared.uniform(i) + 6 * own.uniform(i));
  const order = costs.map((_, i) => i).sort((a, b) => (costs[a] as number) - (costs[b] as number));
  const [best, runnerUp] = order as [number, number];
  const margin = (costs[runnerUp] as number) - (costs[best] as number);
  const ranking = { best, runnerUp, margin, stderr: 1 };
  const acc = Number(best === index % CHOICES);
  return {
    id: `${task}/${index}`,
    index,
    score: {
      kind: 'scored',
      values: { acc, accSum: acc, accMean: acc, 'accNelbo@32': acc, 'accOfficial@32': acc },
      answer: best,
      gold: index % CHOICES,
      undecided: margin < 2,
    },
    response: {
      kind: 'answered',
      nfe: 128,
      views: {
        default: {
          rankings: {
            'nelbo/sum': ranking,
            'nelbo/mean': ranking,
            'nelbo@32/mean': ranking,
            'official@32/sum': ranking,
          },
          alternatives: costs.map((cost, choice) => ({
            tokens: 25,
            crossing: false,
            quantities: {
              nelbo: { value: cost, stderr: 0.7 },
              'nelbo@32': { value: cost + 1, stderr: 0.7 },
              'official@32': { value: cost / 25, stderr: 0.03 },
            },
            maskedCrossEntropy: Array.from({ length: 25 }, (_, k) => 2 + own.uniform(100 + 25 * choice + k)),
            exact: false,
            greedy: null,
          })),
        },
      },
    },
  };
}

async function writeRun(out: string, model: string, task: string, rows: number): Promise<void> {
  const manifest = manifestOf(model, task, rows);
  const folder = runFolder(out, manifest);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, RUN_FILES.manifest), canonicalJson(manifest));
  const file = createWriteStream(join(folder, RUN_FILES.records));
  for (let index = 0; index < rows; index++) {
    const isReady = file.write(recordLine(recordOf(model, task, index)));
    if (!isReady) await new Promise<void>((resolve) => file.once('drain', () => resolve()));
  }
  await new Promise<void>((resolve) => file.end(() => resolve()));
}

interface Cost {
  readonly seconds: number;
  /** Of the processor: what the wall clock would show on an idle machine, at most. */
  readonly cpuSeconds: number;
  readonly bytes: number;
}

/** Runs the command line in a process that says at its end what it took. */
function costOf(args: readonly string[]): Cost {
  const program = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  require('node:fs').writeSync(2, JSON.stringify([maxRSS * 1024, (userCPUTime + systemCPUTime) / 1e6]));
});
import(${JSON.stringify(pathToFileURL(bin).href)});`;
  const started = performance.now();
  const child = spawnSync(process.execPath, ['-e', program, '--', 'bench', ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - started) / 1000;
  if (child.status !== 0) throw new Error(`bench ${args.join(' ')} ended with ${child.status}: ${child.stderr}`);
  const [bytes, cpuSeconds] = JSON.parse(child.stderr) as [number, number];
  return { seconds, cpuSeconds, bytes };
}

const counts = process.argv.slice(2).map(Number);
for (const items of counts.length > 0 ? counts : [10_000, 20_000, 40_000]) {
  const out = await mkdtemp(join(process.env.BENCH_SCRATCH ?? tmpdir(), 'bench-compare-'));
  try {
    for (const model of MODELS) {
      for (let task = 0; task < TASKS; task++) await writeRun(out, model, `task-${task}`, Math.ceil(items / TASKS));
    }
    const { seconds, cpuSeconds, bytes } = costOf(['compare', out, '--models', MODELS.join(), '--json']);
    const isMet = items > 40_000 || (seconds <= MOST_SECONDS && bytes <= MOST_BYTES);
    const each = ((1e6 * cpuSeconds) / (items * MODELS.length)).toFixed(0);
    process.stdout.write(
      `${isMet ? 'ok  ' : 'MISS'} ${items} records x ${MODELS.length} models: ${seconds.toFixed(1)} s (processor ${cpuSeconds.toFixed(1)} s, ${each} us a record), ${(bytes / 2 ** 20).toFixed(0)} MiB; limits at 40000: ${MOST_SECONDS} s, ${MOST_BYTES / 2 ** 20} MiB\n`,
    );
  } finally {
    await rm(out, { recursive: true });
  }
}
