/** The miniature's part of an experiment: what arms that differ in one thing reach at a millionth of the cost. */
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../files/package-root.ts';
import { readIfThere } from '../../files/read-line.ts';
import type { Experiment } from './experiment.ts';

const fileSchema = z.object({
  format: z.literal('bench-miniature/1'),
  isComplete: z.boolean(),
  records: z.array(
    z.object({
      task: z.string(),
      arm: z.string(),
      seed: z.number(),
      rule: z.string(),
      right: z.record(z.string(), z.string()),
    }),
  ),
});

export interface MiniatureRow {
  readonly name: string;
  readonly task: string;
  /** Share of right answers at T = 32 by the canonical sampler (left to right: its one text), by seed. */
  readonly bySeed: readonly number[];
}

/** Arms by the names that the article has for them. */
const ARMS = {
  ar: 'AR',
  full: 'DD',
  noshift: 'DD without shift',
  noanneal: 'DD without annealing',
  scratch: 'DD, random init',
} as const;

/** null where the experiment has no part in it, or its records are not here. */
export async function miniatureRows({
  miniature: task,
}: Pick<Experiment, 'miniature'>): Promise<readonly MiniatureRow[] | null> {
  if (task === null) return null;
  const content = await readIfThere(join(packageRoot(), 'results', 'miniature', 'records.json'));
  if (content === null) return null;
  const { records, isComplete } = fileSchema.parse(JSON.parse(content.toString()));
  if (!isComplete) return null;
  const rows = Object.entries(ARMS).map(([arm, name]) => {
    const ofArm = records.filter((record) => record.task === task && record.arm === arm && record.rule === 'canonical');
    return { name, task, bySeed: ofArm.flatMap(({ right }) => shareOf(right[arm === 'ar' ? '0' : '32']) ?? []) };
  });
  return rows.filter(({ bySeed }) => bySeed.length > 0);
}

const shareOf = (digits: string | undefined): number | null =>
  digits === undefined ? null : [...digits].filter((digit) => digit === '1').length / digits.length;
