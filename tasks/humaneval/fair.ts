/**
 * The single-line infilling set, both families told the same: the true length of the line, and of what follows the hole nothing, a
 * quotation in an instruction, or fill-in-the-middle tokens; diffusion models see both sides and know the length, to ten tokens, or not.
 */
import {
  type HoleWording,
  inPlace,
  type Question,
  scorePrograms,
  type TaskPlugin,
  type View,
  writeProgram,
} from '#harness';
import { lengthViews, ONE_LINE } from '../length-views.ts';
import { floors } from './floors.ts';
import { frameOf, type InfillRow, infillRow, problemOf, readInfill } from './rows.ts';
import { hole, ORACLE, opening } from './sets.ts';

/** Tokens of a canvas whatever the line. */
const ROOM = 64;

export const humanevalInfillFair: TaskPlugin<InfillRow> = {
  name: 'humaneval-infill-fair',
  version: 1,
  description:
    'As humaneval-infill; left-to-right models by prefix, instruction and fill-in-the-middle tokens, side by side',
  fixture: 'humaneval-infill.jsonl',
  chance: null,
  rowSchema: infillRow,
  sources: [{ name: 'humaneval-infill/single-line', variant: null, read: (path) => readInfill('single-line', path) }],
  protocols: {
    canonical: {
      question: (row) => writeProgram(frameOf(row), row.canonical_solution, views(row), ORACLE),
      headline: { autoregressive: 'sum', diffusion: 'sum' },
    },
  },
  id: ({ task_id }) => task_id,
  cluster: problemOf,
  needsJudge: true,
  scoresUnanswered: true,
  metric: 'pass@1',
  floors: floors('humaneval-infill/single-line', 27, 1033),
  score: scorePrograms,
};

function views(row: InfillRow): Question['views'] {
  const asks = (name: HoleWording): View => ({ ...inPlace([hole(row)], name), asks: name });
  return {
    autoregressive: [
      ...lengthViews(inPlace([opening(row)]), ROOM, ONE_LINE, 'oracle-first'),
      asks('instruction'),
      asks('fim-psm'),
      asks('fim-spm'),
    ],
    diffusion: lengthViews(inPlace([hole(row)]), ROOM, ONE_LINE, 'oracle-first'),
  };
}
