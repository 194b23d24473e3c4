/**
 * The infilling sets as tasks: a model fills a hole in a function, and the function's tests are run.
 *
 * Headline (`pass@1`): in as many tokens as the published text has, an oracle, as published. Beside it, without that knowledge:
 * for diffusion models a canvas of 32 or 64 tokens, cut at EOS and, in the single-line set, after the first line; for
 * left-to-right models, which read only what stands before the hole, the text up to the end of the line; and
 * fill-in-the-middle prompts where a vocabulary has the tokens for them.
 */
import {
  bothFamilies,
  type HoleWording,
  inPlace,
  type Piece,
  type Question,
  scored,
  scorePrograms,
  separate,
  type TaskPlugin,
  type Template,
  type View,
  visible,
  type Writing,
  writeProgram,
} from '#harness';
import { prompt } from '../lm-eval.ts';
import { DRAWN, GREEDY } from '../writings.ts';
import { frameOf, type InfillRow, type InfillVariant, infillRow, problemOf, readInfill } from './rows.ts';

export type InfillSet = Pick<TaskPlugin<InfillRow>, 'name' | 'description' | 'floors'> & {
  readonly variant: InfillVariant;
};

export const ORACLE: Writing = { ...GREEDY, endsAtEos: true };
/** The published scripts: tokens drawn, the middle decoded alone, with blanks cleaned up. */
const PUBLISHED: Writing = { ...DRAWN, cleansUp: true };
/** At most as many tokens as the published text has characters. */
const BY_CHARACTERS: Partial<Writing> = { length: 'gold-characters', endsAtEos: true };
/** What the published script for diffusion models skips is longer than this. */
const MOST_TOKENS = 1000;

/** Canvases of diffusion models that do not know the length. */
const CANVASES = [32, 64];
/** Tokens that a left-to-right model may write until its line, or its middle, ends. */
const ROOM = { 'single-line': 64, 'multi-line': 256, 'random-span': 256, 'random-span-light': 256 } as const;

/** Tokens that lm-evaluation-harness lets a model write. */
export const LM_EVAL_ROOM = 1024;

export const infillTask = ({ variant, ...set }: InfillSet): TaskPlugin<InfillRow> => ({
  ...set,
  version: 2,
  fixture: `${set.name}.jsonl`,
  chance: null,
  rowSchema: infillRow,
  sources: [{ name: `humaneval-infill/${variant}`, variant: null, read: (path) => readInfill(variant, path) }],
  protocols: {
    canonical: asked((row) => canonicalViews(row, variant), ORACLE),
    paper: asked(publishedViews, PUBLISHED),
    'paper-text': asked(articleViews, PUBLISHED),
    'lm-eval': asked(lmEvalViews, {
      ...ORACLE,
      length: LM_EVAL_ROOM,
      stops: variant === 'single-line' ? ['\n'] : ['\n\n'],
    }),
  },
  id: ({ task_id }) => task_id,
  cluster: problemOf,
  needsJudge: true,
  scoresUnanswered: true,
  metric: 'pass@1',
  score: scorePrograms,
});

const asked = (views: (row: InfillRow) => Question['views'], writing: Writing): Template<InfillRow> => ({
  question: (row) => writeProgram(frameOf(row), row.canonical_solution, views(row), writing),
  headline: { autoregressive: 'sum', diffusion: 'sum' },
});

function canonicalViews(row: InfillRow, variant: InfillVariant): Question['views'] {
  const stops = variant === 'single-line' ? ['\n'] : [];
  const length = ROOM[variant];
  const marked = (asks: HoleWording): View => ({ ...inPlace([hole(row)], asks), asks, writing: { length } });
  const line: View = { ...inPlace([opening(row)], 'line'), writing: { length, stops } };
  const canvas = (tokens: number): View => ({
    ...inPlace([hole(row)], `canvas-${tokens}`),
    writing: { length: tokens, stops },
  });
  return {
    autoregressive: [
      inPlace([opening(row)]),
      ...(variant === 'single-line' ? [line] : []),
      marked('fim-psm'),
      marked('fim-spm'),
    ],
    diffusion: [inPlace([hole(row)]), ...CANVASES.map(canvas)],
  };
}

/** As released: left-to-right models are given an instruction that quotes both sides; the article's numbers are without it. */
function publishedViews(row: InfillRow): Question['views'] {
  const { autoregressive, diffusion } = articleViews(row);
  const instruction: View = { ...separate([hole(row)]), asks: 'instruction', writing: BY_CHARACTERS };
  return { autoregressive: [instruction, ...autoregressive.map((view) => ({ ...view, name: 'prefix' }))], diffusion };
}

const articleViews = (row: InfillRow): Question['views'] => ({
  autoregressive: [{ ...separate([opening(row)]), writing: BY_CHARACTERS }],
  diffusion: [{ ...separate([hole(row)]), writing: { mostTokens: MOST_TOKENS } }],
});

/** What follows the hole stands first, an empty line behind it; the text then goes on from what stands before the hole. */
const lmEvalViews = ({ prompt: before, suffix, canonical_solution }: InfillRow): Question['views'] =>
  bothFamilies(prompt(`${suffix}\n\n${before}`, canonical_solution));

export const opening = ({ prompt, canonical_solution }: InfillRow): readonly Piece[] => [
  visible(prompt),
  scored(canonical_solution),
];

/** Many holes are at the end of the program. */
export const hole = (row: InfillRow): readonly Piece[] =>
  row.suffix === '' ? opening(row) : [...opening(row), visible(row.suffix)];
