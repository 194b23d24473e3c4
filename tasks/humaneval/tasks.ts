/** HumanEval and its infilling sets, as tasks; rows and programs are in `rows.ts`, wordings of the sets in `sets.ts`. */
import {
  bothFamilies,
  inPlace,
  type Question,
  scored,
  scorePrograms,
  type TaskPlugin,
  type View,
  visible,
  type Writing,
  writeProgram,
} from '#harness';
import { BY_SUM } from '../choices.ts';
import { programFloors } from '../floors.ts';
import { prompt } from '../lm-eval.ts';
import { GREEDY } from '../writings.ts';
import { frameOf, type HumanevalRow, humanevalRow, type InfillRow, problemOf, readHumaneval } from './rows.ts';
import { infillTask, LM_EVAL_ROOM } from './sets.ts';

export const humanevalInfill = infillTask({
  name: 'humaneval-infill',
  variant: 'single-line',
  description: 'One line of a Python function, written by the model between what stands before and after it; tests run',
  floors: programFloors('humaneval-infill/single-line', 27, 1033),
});

/** The infilling sets, the usual one first. */
export const INFILL_TASKS: readonly TaskPlugin<InfillRow>[] = [
  humanevalInfill,
  infillTask({
    name: 'humaneval-infill-multi-line',
    variant: 'multi-line',
    description: 'As humaneval-infill, one line or several',
    floors: programFloors('humaneval-infill/multi-line', 55, 5815),
  }),
  infillTask({
    name: 'humaneval-infill-random-span',
    variant: 'random-span',
    description: 'As humaneval-infill, from any character to any other of a function; ten holes a function',
    floors: programFloors('humaneval-infill/random-span', 30, 1640),
  }),
  infillTask({
    name: 'humaneval-infill-random-span-light',
    variant: 'random-span-light',
    description: 'As humaneval-infill-random-span, one hole a function',
    floors: programFloors('humaneval-infill/random-span-light', 0, 164),
  }),
];

/** Where a function has ended. @source Chen et al. 2021, arXiv:2107.03374, section 2.3 */
const ENDS = ['\nclass', '\ndef', '\n#', '\nif', '\nprint'];
/** Tokens of a function: room for the longest published solution. */
const ROOM = 512;
const CANVAS = 128;

const WRITING: Writing = { ...GREEDY, length: ROOM, stops: ENDS, endsAtEos: true };
export const humaneval: TaskPlugin<HumanevalRow> = {
  name: 'humaneval',
  version: 2,
  description: 'A Python function from its heading and description, written by the model; tests run',
  chance: null,
  rowSchema: humanevalRow,
  sources: [{ name: 'humaneval/jsonl', variant: null, read: readHumaneval }],
  fixture: 'humaneval.jsonl',
  protocols: {
    canonical: { question: (row) => program(row, canonicalViews(row)), headline: BY_SUM },
    'lm-eval': { question: (row) => program(row, lmEvalViews(row), LM_EVAL), headline: BY_SUM },
  },
  id: ({ task_id }) => task_id,
  cluster: problemOf,
  needsJudge: true,
  scoresUnanswered: true,
  floors: programFloors('humaneval/jsonl', 0, 164),
  metric: 'pass@1',
  score: scorePrograms,
};

const program = (row: HumanevalRow, views: Question['views'], writing = WRITING): Question =>
  writeProgram(frameOf(row), row.canonical_solution, views, writing);

/** Tokens that lm-evaluation-harness lets a model write. */
const LM_EVAL: Writing = { ...WRITING, length: LM_EVAL_ROOM };

const lmEvalViews = ({ prompt: before, canonical_solution }: HumanevalRow): Question['views'] =>
  bothFamilies(prompt(before, canonical_solution));

const pieces = ({ prompt, canonical_solution }: HumanevalRow) => [visible(prompt), scored(canonical_solution)];

/** Diffusion models are told the length, an oracle, beside a fixed canvas; left-to-right models write until they end. */
function canonicalViews(row: HumanevalRow): Question['views'] {
  const oracle: View = { ...inPlace([pieces(row)]), writing: { length: 'gold', stops: [] } };
  const canvas: View = { ...inPlace([pieces(row)], `canvas-${CANVAS}`), writing: { length: CANVAS } };
  return { autoregressive: [inPlace([pieces(row)])], diffusion: [oracle, canvas] };
}
