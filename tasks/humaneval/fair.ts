/**
 * The single-line infilling set, both families told the same: the true length of the line, and of what follows the hole nothing, a
 * quotation in an instruction, or fill-in-the-middle tokens; diffusion models see both sides and know the length, to ten tokens, or not.
 */
import { type HoleWording, inPlace, type Question, type TaskPlugin, type View, writeProgram } from '#harness';
import { programFloors } from '../floors.ts';
import { lengthViews, ONE_LINE } from '../length-views.ts';
import { frameOf, type InfillRow } from './rows.ts';
import { hole, infillTask, ORACLE, opening } from './sets.ts';

/** Tokens of a canvas whatever the line. */
const ROOM = 64;

export const humanevalInfillFair: TaskPlugin<InfillRow> = {
  ...infillTask({
    name: 'humaneval-infill-fair',
    variant: 'single-line',
    description:
      'As humaneval-infill; left-to-right models by prefix, instruction and fill-in-the-middle tokens, side by side',
    floors: programFloors('humaneval-infill/single-line', 27, 1033),
  }),
  version: 1,
  fixture: 'humaneval-infill.jsonl',
  protocols: {
    canonical: {
      question: (row) => writeProgram(frameOf(row), row.canonical_solution, views(row), ORACLE),
      headline: { autoregressive: 'sum', diffusion: 'sum' },
    },
  },
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
