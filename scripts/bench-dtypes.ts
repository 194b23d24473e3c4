/**
 * Speed, memory and error of weights in fewer bits: `node dist/scripts/bench-dtypes.js [--other FOLDER] [section …]`, sections
 * choice, llama, greedy, large (default: all but large, which writes 14 GB of random weights and takes an hour). FOLDER is another
 * built checkout, measured in float32 beside this one. Every figure is of a process of its own; the processes of a section take turns, and
 * the best of three counts. Run it on an idle machine. Random checkpoints lie in BENCH_SCRATCH, converted weights in BENCH_CACHE_DIR.
 */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Job, Measured } from './bench-dtypes/measured.ts';
import { checkpointOf } from './bench-scoring/workbench.ts';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
const CHILD = fileURLToPath(new URL('bench-dtypes/child.js', import.meta.url));
const ROUNDS = 3;
const LARGEST_OUTPUT = 1 << 28;

interface Contender {
  readonly name: string;
  readonly root: string;
  readonly dtype: string;
}

interface Section {
  readonly about: string;
  readonly shape: 'gpt2-small' | 'llama-1b' | 'llama-7b';
  readonly job: Job;
  readonly count: number;
  readonly rounds: number;
  readonly dtypes: readonly string[];
  /** Whether the other build is set beside it. */
  readonly compared: boolean;
}

const ALL = ['float32', 'bfloat16', 'int8', 'int8x2', 'int4'];
const SECTIONS: Readonly<Record<string, Section>> = {
  choice: {
    ...{ about: 'multiple choice, GPT-2-small shape', shape: 'gpt2-small', job: 'choice', count: 16 },
    ...{ rounds: ROUNDS, dtypes: ALL, compared: true },
  },
  llama: {
    ...{ about: 'multiple choice, LLaMA-1.1B shape', shape: 'llama-1b', job: 'choice', count: 2 },
    ...{ rounds: ROUNDS, dtypes: ALL, compared: true },
  },
  greedy: {
    ...{ about: 'greedy generation, one text, GPT-2-small shape', shape: 'gpt2-small', job: 'greedy', count: 128 },
    ...{ rounds: ROUNDS, dtypes: ALL, compared: true },
  },
  large: {
    ...{ about: 'items of 512 tokens, LLaMA-7B shape', shape: 'llama-7b', job: 'long', count: 2 },
    ...{ rounds: 1, dtypes: ['int8', 'int4', 'bfloat16'], compared: false },
  },
};

function measured({ root, dtype }: Contender, folder: string, { job, count }: Section): Measured {
  const args = ['--max-old-space-size=8000', CHILD, root, folder, dtype, job, String(count)];
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env, maxBuffer: LARGEST_OUTPUT }));
}

async function table(section: Section, other: string | undefined): Promise<string[]> {
  const { folder, parameters } = await checkpointOf(section.shape, section.shape === 'gpt2-small' ? 'gpt2' : 'llama');
  const contenders: Contender[] = section.dtypes.map((dtype) => ({ name: dtype, root: HERE, dtype }));
  if (section.compared && other !== undefined)
    contenders.unshift({ name: other, root: resolve(other), dtype: 'float32' });
  for (const contender of contenders) measured(contender, folder, { ...section, count: 1 }); // converts what is not kept yet
  const found = new Map<Contender, Measured>();
  for (let round = 0; round < section.rounds; round++) {
    for (const contender of contenders) {
      const now = measured(contender, folder, section);
      const before = found.get(contender);
      found.set(contender, before === undefined ? now : better(before, now));
    }
  }
  return rows(found, parameters);
}

/** The quicker of two, of each clock. */
const better = (a: Measured, b: Measured): Measured => ({
  ...(a.seconds <= b.seconds ? a : b),
  ready: Math.min(a.ready, b.ready),
});

function rows(found: ReadonlyMap<Contender, Measured>, parameters: number): string[] {
  const [[, first] = []] = found;
  const exact = [...found].find(([{ dtype }]) => dtype === 'float32')?.[1];
  const rate = ({ work, seconds }: Measured): number => work / seconds;
  const lines = [...found].map(([{ name }, it]) =>
    [
      name,
      rate(it).toFixed(3),
      (1 / rate(it)).toFixed(3),
      (rate(it) / rate(first as Measured)).toFixed(2),
      it.ready.toFixed(1),
      (it.ready / (first as Measured).ready).toFixed(2),
      (it.anonymous / parameters).toFixed(2),
      (it.peak / 1e9).toFixed(2),
      exact === undefined ? '' : errorText(it.logprobs, exact.logprobs),
    ].join(' | '),
  );
  const heads = [
    '',
    'a second',
    'seconds each',
    '/ first',
    'ready, s',
    '/ first',
    'anonymous bytes a weight',
    'peak, GB',
    'nats off, mean (most)',
  ];
  return [heads.join(' | '), heads.map(() => '---').join(' | '), ...lines].map((line) => `| ${line} |`);
}

function errorText(found: readonly number[], exact: readonly number[]): string {
  if (exact.length === 0) return '';
  const errors = found.map((value, i) => Math.abs(value - (exact[i] as number)));
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  return `${mean.toExponential(1)} (${Math.max(...errors).toExponential(1)})`;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { other: { type: 'string' } } });
const wanted = positionals.length > 0 ? positionals : Object.keys(SECTIONS).filter((name) => name !== 'large');
const unknown = wanted.find((name) => !(name in SECTIONS));
if (unknown !== undefined) {
  process.stderr.write(`unknown section "${unknown}"; known: ${Object.keys(SECTIONS).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of wanted) {
    const section = SECTIONS[name] as Section;
    process.stdout.write(`${section.about}\n\n${(await table(section, values.other)).join('\n')}\n\n`);
  }
}
