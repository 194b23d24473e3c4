/** Contests of dtypes and builds: every figure is of a process of its own, the processes of a section take turns, and the best counts. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkpointOf } from '../bench-scoring/workbench.ts';
import type { Job, Measured } from './measured.ts';

const HERE = fileURLToPath(new URL('../../../', import.meta.url));
const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
const ROUNDS = 3;
const LARGEST_OUTPUT = 1 << 28;

export interface Contender {
  readonly name: string;
  readonly root: string;
  readonly dtype: string;
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
}

const ALL = ['float32', 'bfloat16', 'int8', 'int8x2', 'int4'];
export const SECTIONS: Readonly<Record<string, Section>> = {
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

/** What each contender took, the best of the section's rounds. */
export interface Contest {
  readonly found: ReadonlyMap<Contender, Measured>;
  readonly parameters: number;
}

/** @param other folder of another built checkout, measured in float32 beside this one */
export async function contest(section: Section, other: string | undefined): Promise<Contest> {
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
  return { found, parameters };
}

/** The quicker of two, of each clock. */
const better = (a: Measured, b: Measured): Measured => ({
  ...(a.seconds <= b.seconds ? a : b),
  ready: Math.min(a.ready, b.ready),
});
