/** About what a planned run costs, from the rows that come with the code: nothing is opened. */
import { type Family, type Question, writingOf } from '../../core/question.ts';
import type { TaskPlugin } from '../../core/task.ts';
import { fixtureRows } from '../../datasets/load-task.ts';
import { lockedSource } from '../../datasets/lock.ts';
import type { PlannedCell } from '../../report/reproduction/document.ts';
import { type PlannedRuns, PUBLISHED_STEPS } from './experiment.ts';

/** Passes of a bound, as `bench run` has it by default. */
const BOUND_PASSES = 32;
/** Tokens of a text whose length nobody knows before. */
const TYPICAL_LENGTH = 16;

/** Items, forward passes over all of them, and whether T has a say. */
export async function costOf(
  task: TaskPlugin,
  { protocol, steps = PUBLISHED_STEPS, draws = 1, limit }: PlannedRuns,
  family: Family,
): Promise<Pick<PlannedCell, 'items' | 'passes'> & { readonly takesSteps: boolean }> {
  const [source] = task.sources;
  const rows = source === undefined || source.local === true ? 0 : lockedSource(source.name).rows;
  const items = Math.min(rows, limit ?? rows);
  const [row] = await fixtureRows(task);
  const question = row === undefined ? undefined : task.protocols[protocol]?.question(row);
  if (question === undefined) return { items, passes: 0, takesSteps: false };
  const takesSteps = family === 'diffusion' && (question.kind !== 'write' || question.writing.steps === 'as-set');
  return { items, takesSteps, passes: items * passesOf(question, family, protocol === 'paper', steps, draws) };
}

function passesOf(
  question: Question,
  family: Family,
  isPaper: boolean,
  steps: readonly number[],
  draws: number,
): number {
  if (question.kind === 'write') {
    return question.views[family].reduce((sum, view) => {
      const { length, steps: counted, temperature } = writingOf(question, view);
      const tokens = typeof length === 'number' ? length : TYPICAL_LENGTH;
      const denoising = counted === 'as-set' ? total(steps) : tokens;
      return sum + (family === 'diffusion' ? denoising * (temperature === 'argmax' ? 1 : draws) : tokens);
    }, 0);
  }
  if (family === 'autoregressive') return question.views[family].length;
  return question.views[family].length * question.answers.length * (isPaper ? total(steps) : BOUND_PASSES);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
