/** Contests of dtypes and builds: every figure is of a process of its own, the processes of a section take turns, and the best counts. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { checkpointOf, SCRATCH } from '../bench-scoring/workbench.ts';
import type { Job, Measured } from './measured.ts';
import { type RandomForm, randomGguf } from './random-gguf.ts';

const HERE = fileURLToPath(new URL('../../../', import.meta.url));
const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const ROUNDS = 3;
const LARGEST_OUTPUT = 1 << 28;

export interface Contender {
  readonly name: string;
  readonly dtype: string;
  /** Of its process, but for the count. */
  readonly program: readonly string[];
}

/** What is set beside this build. */
export interface Others {
  /** Folder of another built checkout, measured in float32. */
  readonly build?: string | undefined;
  /** Folder in which node-llama-cpp is installed. */
  readonly llamaCpp?: string | undefined;
}

export interface Section {
  readonly about: string;
  readonly shape: 'gpt2-small' | 'llama-1b' | 'llama-7b';
  readonly job: Job;
  readonly count: number;
  readonly rounds: number;
  readonly dtypes: readonly string[];
  /** Whether the other build is set beside it. */
  readonly compared: boolean;
  /** In what llama.cpp holds its weights, where it is set beside. */
  readonly llamaCpp?: RandomForm;
}

const ALL = ['float32', 'bfloat16', 'int8', 'int8x2', 'int4'];
export const SECTIONS: Readonly<Record<string, Section>> = {
  choice: {
    ...{ about: 'multiple choice, GPT-2-small shape', shape: 'gpt2-small', job: 'choice', count: 16 },
    ...{ rounds: ROUNDS, dtypes: ALL, compared: true },
  },
  llama: {
    ...{ about: 'multiple choice, LLaMA-1.1B shape', shape: 'llama-1b', job: 'choice', count: 2 },
    ...{ rounds: ROUNDS, dtypes: ALL, compared: true, llamaCpp: 'Q8_0' },
  },
  greedy: {
    ...{ about: 'greedy generation, one text, GPT-2-small shape', shape: 'gpt2-small', job: 'greedy', count: 128 },
    ...{ rounds: ROUNDS, dtypes: ALL, compared: true, llamaCpp: 'F16' },
  },
  large: {
    ...{ about: 'items of 512 tokens, LLaMA-7B shape', shape: 'llama-7b', job: 'long', count: 2 },
    ...{ rounds: 1, dtypes: ['int8', 'int4', 'bfloat16'], compared: false },
  },
};

function measured({ program }: Contender, count: number): Measured {
  const args = ['--max-old-space-size=8000', ...program, String(count)];
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env, maxBuffer: LARGEST_OUTPUT }));
}

/** What each contender took, the best of the section's rounds. */
export interface Contest {
  readonly found: ReadonlyMap<Contender, Measured>;
  readonly parameters: number;
}

export async function contest(section: Section, others: Others, wanted = section.dtypes): Promise<Contest> {
  const checkpoint = await checkpointOf(section.shape, section.shape === 'gpt2-small' ? 'gpt2' : 'llama');
  const contenders = await contendersOf({ ...section, dtypes: wanted }, checkpoint, others);
  for (const contender of contenders) measured(contender, 1); // converts what is not kept yet
  const found = new Map<Contender, Measured>();
  for (let round = 0; round < section.rounds; round++) {
    for (const contender of contenders) {
      const now = measured(contender, section.count);
      const before = found.get(contender);
      found.set(contender, before === undefined ? now : better(before, now));
    }
  }
  return { found, parameters: checkpoint.parameters };
}

export const LLAMA_CPP = 'llama.cpp';

async function contendersOf(
  { dtypes, compared, job, shape, llamaCpp: form }: Section,
  checkpoint: Checkpoint,
  { build, llamaCpp }: Others,
): Promise<readonly Contender[]> {
  const ours = (name: string, root: string, dtype: string): Contender => ({
    ...{ name, dtype },
    program: [program('child.js'), root, checkpoint.folder, dtype, job],
  });
  const contenders = dtypes.map((dtype) => ours(dtype, HERE, dtype));
  if (compared && build !== undefined) contenders.unshift(ours(build, resolve(build), 'float32'));
  if (form === undefined || llamaCpp === undefined) return contenders;
  const file = await randomGguf(join(SCRATCH, `${shape}-${form}.gguf`), checkpoint, form);
  const beside = { name: LLAMA_CPP, dtype: form, program: [program('llama-cpp-child.js'), llamaCpp, file, job] };
  return [...contenders, beside];
}

/** The quicker of two, of each clock. */
const better = (a: Measured, b: Measured): Measured => ({
  ...(a.seconds <= b.seconds ? a : b),
  ready: Math.min(a.ready, b.ready),
});
