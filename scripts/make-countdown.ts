/**
 * Writes Countdown rows of our own (`make-countdown/generate.ts`), as JSON lines or, where the name ends in `.csv`, as CSV.
 *
 *   node dist/scripts/make-countdown.js --size 4 --split train --rows 10000 --seed 0 cd4-train.jsonl
 *
 * Rows of `train` and `held-out` share no target; the published test rows have the targets of `held-out`.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { SIZES } from '../tasks/countdown/problem.ts';
import { countdownCsv } from '../tasks/countdown/rows.ts';
import { generateCountdown } from './make-countdown/generate.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '4' },
    split: { type: 'string', default: 'train' },
    rows: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '0' },
  },
});
const size = SIZES.find((each) => String(each) === values.size);
const split = (['train', 'held-out'] as const).find((each) => each === values.split);
const [file] = positionals;
if (size === undefined || split === undefined || file === undefined || !/^\d+$/.test(values.rows + values.seed)) {
  throw new TypeError(
    'usage: make-countdown [--size 3|4|5] [--split train|held-out] [--rows N] [--seed N] <file.jsonl or file.csv>',
  );
}
const rows = generateCountdown(Number(values.seed), { size, split, rows: Number(values.rows) });
const text = file.endsWith('.csv') ? countdownCsv(rows) : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
await writeFile(file, text);
