/**
 * Rows of GSM8K (Cobbe et al. 2021, arXiv:2110.14168) in two forms: symbolic, whose solution is nothing but its calculations
 * (`<<16-3-4=9>> <<9*2=18>> #### 18`; Deng et al. 2023, arXiv:2311.01460), and natural, in sentences.
 */
import { z } from 'zod';
import { published, readJsonl, readLineGroups } from '#harness';

/** What every solution ends with, before the answer. */
const MARK = '#### ';

export const gsm8kRowSchema = z.object({
  question: z.string().min(1, { message: 'a question' }),
  /** The solution up to `####`, without blanks before it; empty where a row has none. */
  steps: z.string(),
  /** As published: a whole number, with commas where the file has them. */
  answer: z.string().regex(/^-?[\d,]*\d(\.\d+)?$/, { message: 'a number after "#### "' }),
});
export type Gsm8kRow = z.infer<typeof gsm8kRowSchema>;

/** The text that a model is to write for a symbolic row. Without steps it starts with a blank, as in the published records. */
export const symbolicSolution = ({ steps, answer }: Gsm8kRow): string => `${steps} ${MARK}${answer}`;

/** The text that a model is to write for a natural row: the published one. */
export const naturalSolution = ({ steps, answer }: Gsm8kRow): string => `${steps}\n${MARK}${answer}`;

export const GSM8K_SYMBOLIC = published('gsm8k/symbolic', (path) => readSymbolic(path('gsm8k/symbolic/test.txt')));

/** 500 rows that were set aside from the training rows. */
export const GSM8K_SYMBOLIC_VALID = published('gsm8k-valid/symbolic', (path) =>
  readSymbolic(path('gsm8k/symbolic/valid.txt')),
);

/** The same 1,319 problems in the same order. */
export const GSM8K_NATURAL = published('gsm8k-natural/jsonl', (path) => readNatural(path('gsm8k/test.jsonl')));

export const GSM8K_NATURAL_TRAIN = published('gsm8k-natural-train/jsonl', (path) =>
  readNatural(path('gsm8k/train.jsonl')),
);

/** Sentences without calculations, one row a line; with the 500 of `valid` these are all training questions. */
export const GSM8K_SENTENCES_TRAIN = published('gsm8k-sentences-train/text', (path) =>
  readSymbolic(path('gsm8k/symbolic/train_no_aug.txt')),
);

const naturalSchema: z.ZodType<Gsm8kRow> = z
  .object({ question: z.string(), answer: z.string() })
  .transform(({ question, answer }) => split(question, answer))
  .pipe(gsm8kRowSchema);

const readNatural = (path: string): Promise<readonly Gsm8kRow[]> => readJsonl(path, naturalSchema);

/** `question||steps #### answer` a line. */
function readSymbolic(path: string): Promise<readonly Gsm8kRow[]> {
  const toRow = ([line = '']: readonly string[]) => {
    const at = line.indexOf('||');
    return at < 0 ? { question: line } : split(line.slice(0, at), line.slice(at + 2));
  };
  return readLineGroups(path, 1, toRow, gsm8kRowSchema);
}

function split(question: string, solution: string): { question: string; steps: string; answer: string | undefined } {
  const at = solution.lastIndexOf(MARK);
  if (at < 0) return { question, steps: solution, answer: undefined };
  return { question, steps: solution.slice(0, at).trimEnd(), answer: solution.slice(at + MARK.length).trim() };
}
