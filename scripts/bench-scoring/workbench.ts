/** What the scoring benchmarks share: checkpoints of a given shape, synthetic items, clocks and rates. */
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { stream } from '../../src/core/numbers/random.ts';
import type { Seconds } from '../../src/core/units.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';
import { makeCheckpoint } from '../make-checkpoint.ts';

/** Folder for the random checkpoints; kept between runs. */
export const SCRATCH = process.env.BENCH_SCRATCH ?? join(tmpdir(), 'bench-scoring');

/** A random checkpoint of a published shape, written on first use. */
export async function checkpointOf(
  shape: 'gpt2-tiny' | 'gpt2-micro' | 'gpt2-mini' | 'gpt2-small' | 'gpt2-medium' | 'llama-1b' | 'llama-7b',
  layout: 'gpt2' | 'diffugpt' | 'llama',
): Promise<Checkpoint> {
  const folder = join(SCRATCH, `${shape}-${layout}`);
  if (!existsSync(join(folder, 'model.safetensors'))) {
    mkdirSync(SCRATCH, { recursive: true });
    const sameWeights = join(SCRATCH, `${shape}-gpt2`);
    const values =
      layout === 'diffugpt' && existsSync(sameWeights)
        ? ['--same-weights-as', sameWeights]
        : ['--shape', shape, ...(layout === 'llama' ? ['--store', 'BF16'] : vocabularyOf(shape))];
    const mask = shape === 'gpt2-micro' ? '2047' : '10541';
    await makeCheckpoint([...values, '--layout', layout, '--mask-id', mask, '--out', folder].filter(keepMask(layout)));
  }
  return openCheckpoint(folder);
}

/** That of GPT-2, but of the shape that is small in all. */
const vocabularyOf = (shape: string): string[] => (shape === 'gpt2-micro' ? [] : ['--vocab-rows', '50257']);

/** `--mask-id N` only where the layout has a mask. */
const keepMask = (layout: string) => (_: string, at: number, all: readonly string[]) =>
  layout === 'diffugpt' || !(all[at] === '--mask-id' || all[at - 1] === '--mask-id');

/** Multiple-choice items of HellaSwag's shape: one context, endings that continue it, random ids. */
export function hellaswagShaped(items: number, rows: number, context = 70, endings = 4, length = 25): Lowered[][] {
  return Array.from({ length: items }, (_, item) => {
    const random = stream(1, 'bench-item', item);
    const id = (counter: number) => Math.floor(random.uniform(counter) * rows);
    const prefix = Array.from({ length: context }, (_value, i) => id(i));
    return Array.from({ length: endings }, (_ending, e) => ({
      ids: Int32Array.of(...prefix, ...Array.from({ length }, (_value, i) => id(1000 * (e + 1) + i))),
      scored: Array.from({ length }, (_value, i) => context + i),
      crossing: false,
    }));
  });
}

export async function secondsOf(work: () => Promise<unknown>): Promise<Seconds> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Alternates two jobs `rounds` times and returns the best time of each: noise of the machine hits both alike. */
export async function bestOfAlternating(
  rounds: number,
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<readonly [Seconds, Seconds]> {
  let [a, b] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < rounds; round++) {
    a = Math.min(a, await secondsOf(first));
    b = Math.min(b, await secondsOf(second));
  }
  return [a, b];
}

/** One line of the report: what, the figure, and whether it meets its target (printed, never thrown). */
export function verdict(what: string, ratio: number, target: number, detail: string): string {
  return `${ratio >= target ? 'ok  ' : 'MISS'} ${what}: ${ratio.toFixed(2)} (target ${target.toFixed(2)}); ${detail}`;
}
