/** Held-out problems of a generator as the rows of a task. Training draws from the other problems, so it never meets one of them. */
import { z } from 'zod';
import { type DataSource, stream } from '#harness';
import type { ProblemSource } from './generator.ts';

export const problemRowSchema = z.object({ prompt: z.string().min(1), answer: z.string().min(1) });
export type ProblemRow = z.infer<typeof problemRowSchema>;

/** Draws that may find nothing new before the problems are taken to be used up. */
const MOST_REPEATS = 1_000;

/** @param name of the source in the lock, and of the random numbers */
export function problemRows(name: string, source: ProblemSource, count: number): DataSource<ProblemRow> {
  return { name, variant: null, read: async () => heldOutRows(name, source, count) };
}

/**
 * No problem twice; the first rows are the same for any number of rows.
 *
 * @throws RangeError when there are not so many held-out problems
 */
export function heldOutRows(name: string, source: ProblemSource, count: number): readonly ProblemRow[] {
  const found = new Map<string, ProblemRow>();
  for (let index = 0, last = 0; found.size < count; index++) {
    const { key, prompt, answer } = source.draw('held-out', stream(0, 'rows', name, index));
    if (index - last > MOST_REPEATS) throw new RangeError(`${name}: found ${found.size} of ${count} held-out problems`);
    if (found.has(key)) continue;
    found.set(key, { prompt, answer });
    last = index;
  }
  return [...found.values()];
}
