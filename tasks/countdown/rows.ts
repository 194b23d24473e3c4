/**
 * Rows of CD3, CD4 and CD5 as published: `{"input": "86,28,13,31,96", "output": "86+28=114,31-13=18,114-18=96"}`, the target last
 * in `input`. The 256 three-number rows of the d1 line of work have the target in `output` and no solution: another type, kept apart.
 */
import { z } from 'zod';
import { type DataSource, HarnessError, published, readJsonl, toCsv } from '#harness';
import { type Problem, parseProblem, type Size } from './problem.ts';
import { strictVerdict } from './verdict.ts';

const PROBLEM = 'three or more whole numbers separated by commas, the target last';

export const countdownRowSchema = z
  .object({
    input: z.string().refine((input) => parseProblem(input) !== null, { message: PROBLEM }),
    output: z.string(),
  })
  .refine(({ input, output }) => isSolved(input, output), { path: ['output'], message: 'a solution of the input' });
export type CountdownRow = z.infer<typeof countdownRowSchema>;

function isSolved(input: string, output: string): boolean {
  const problem = parseProblem(input);
  return problem !== null && strictVerdict(problem, output) === 'correct';
}

/** The problem of a row that its schema has accepted. */
export function problemOf({ input }: Pick<CountdownRow, 'input'>): Problem {
  const problem = parseProblem(input);
  if (problem === null) throw new RangeError(`problemOf: "${input}" is no problem`);
  return problem;
}

/** The 1,000 test rows of a size, as used by arXiv:2410.14157. */
export function countdownTest(size: Size): DataSource<CountdownRow> {
  return published(`countdown-${size}/jsonl`, (path) => readSized(path(`countdown/cd${size}_test.jsonl`), size));
}

/** The first 2,000 rows of the published CD4 training file. */
export const countdownTrain: DataSource<CountdownRow> = {
  name: 'cd4-train/jsonl',
  variant: 'the first 2,000 rows',
  read: (path) => readSized(path('countdown/cd4_train.jsonl'), 4),
};

const d1RowSchema = z.object({
  input: z.string().regex(/^\d{1,9}(,\d{1,9}){2}$/, { message: 'three whole numbers separated by commas' }),
  output: z.string().regex(/^\d{1,9}$/, { message: 'the target, a whole number' }),
});

/** Another sample of three-number problems, in another form. Not comparable with CD3. */
export const countdownD1 = published('countdown-d1/jsonl', (path) =>
  readJsonl(path('countdown/countdown_cd3_test.jsonl'), d1RowSchema),
);

/** Rows as CSV with the columns `input` and `output`. */
export const countdownCsv = (rows: readonly CountdownRow[]): string => toCsv(['input', 'output'], rows);

async function readSized(path: string, size: Size): Promise<readonly CountdownRow[]> {
  const rows = await readJsonl(path, countdownRowSchema);
  const other = rows.findIndex((row) => problemOf(row).numbers.length !== size);
  if (other < 0) return rows;
  const message = `${path}, line ${other + 1}, field input: expected ${size} numbers and a target, found ${rows[other]?.input}`;
  throw new HarnessError('bad-dataset', message);
}
