/**
 * HumanEval (Chen et al. 2021, arXiv:2107.03374) and its four infilling sets (Bavarian et al. 2022, arXiv:2207.14255):
 * the rows as published, and the program that a completion makes of a row.
 */
import { z } from 'zod';
import { completeProgram, type Program, type ProgramFrame, readJsonl } from '#harness';

const common = {
  /** Name of the function that the tests call. */
  entry_point: z.string().regex(/^\w+$/),
  prompt: z.string(),
  canonical_solution: z.string(),
  test: z.string(),
};

export const humanevalRow = z.strictObject({ task_id: z.string().regex(/^\w+\/\d+$/), ...common });

/** `prompt` stands before the hole, `suffix` after it, `canonical_solution` in it. */
export const infillRow = z.strictObject({
  task_id: z.string().regex(/^(SingleLine|MultiLine|RandomSpan)Infilling(Light)?\/\w+\/\d+\/\w+$/),
  ...common,
  suffix: z.string(),
});

export type HumanevalRow = z.infer<typeof humanevalRow>;
export type InfillRow = z.infer<typeof infillRow>;

/** The problem that a row is of, as HumanEval names it: `HumanEval/12`. */
export function problemOf({ task_id }: HumanevalRow | InfillRow): string {
  return task_id.replace(/^\w+Infilling(Light)?\//, '').replace(/^(\w+\/\d+)\/.*/, '$1');
}

/** The infilling sets: variant -> file of the data lock. */
export const INFILL_FILES = {
  'single-line': 'humaneval-infilling/HumanEval-SingleLineInfilling.jsonl',
  'multi-line': 'humaneval-infilling/HumanEval-MultiLineInfilling.jsonl',
  'random-span': 'humaneval-infilling/HumanEval-RandomSpanInfilling.jsonl',
  'random-span-light': 'humaneval-infilling/HumanEval-RandomSpanInfillingLight.jsonl',
} as const;

export type InfillVariant = keyof typeof INFILL_FILES;

export const HUMANEVAL_FILE = 'humaneval/HumanEval.jsonl';

/** @param path where a file of the lock lies, as `DataSource.read` is given it */
export function readHumaneval(path: (file: string) => string): Promise<HumanevalRow[]> {
  return readJsonl(path(HUMANEVAL_FILE), humanevalRow);
}

/** @param path where a file of the lock lies, as `DataSource.read` is given it */
export function readInfill(variant: InfillVariant, path: (file: string) => string): Promise<InfillRow[]> {
  return readJsonl(path(INFILL_FILES[variant]), infillRow);
}

/** A row as a program with a hole; HumanEval's is at the end. */
export function frameOf(row: HumanevalRow | InfillRow): ProgramFrame {
  const after = 'suffix' in row ? row.suffix : '';
  return {
    ...{ before: row.prompt, after, test: row.test, entryPoint: row.entry_point },
    reference: row.prompt + row.canonical_solution + after,
  };
}

/** The program of a completion: text before the hole, completion, text after it. */
export const programOf = (row: HumanevalRow | InfillRow, completion: string): Program =>
  completeProgram(frameOf(row), completion);
