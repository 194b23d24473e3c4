/** What a task's views tell a model, in words, read off how it asks its first built-in row. */
import { taskNamed } from '../../../tasks/index.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { type Family, type View, type WriteQuestion, type Writing, writingOf } from '../../core/question.ts';
import { fixtureRows } from '../../datasets/load-task.ts';
import type { ToldView } from '../../report/told/told-view.ts';
import { idOf, questionOf } from '../../runner/task-calls.ts';

/** Of written questions; none of others, and where nobody knows the task. */
export async function toldViews({
  task,
  settings,
  model,
}: Pick<RunManifest, 'task' | 'settings' | 'model'>): Promise<readonly ToldView[]> {
  const known = taskNamed(task.name);
  const template = known?.protocols[settings.protocol];
  if (known === undefined || template === undefined) return [];
  const [row] = await fixtureRows(known);
  const question = row === undefined ? null : questionOf(known, template, row, idOf(known, row, 0));
  if (question?.kind !== 'write') return [];
  return question.views[model.family].map((view) => toldView(question, view, model.family));
}

function toldView(question: WriteQuestion, view: View, family: Family): ToldView {
  const writing = writingOf(question, view);
  return { view: view.name, length: lengthText(writing, family) + endText(writing), sees: seesText(view, family) };
}

function lengthText({ length }: Writing, family: Family): string {
  if (length === 'gold') return 'all of it (oracle)';
  if (length === 'gold-characters') return 'as many tokens as it has characters at most (oracle)';
  if (length === 'canvas') return 'the row that it stands in';
  if (typeof length === 'string') return `it and ${length.slice('gold+'.length)} tokens more (oracle)`;
  return family === 'diffusion' ? `nothing, a canvas of ${length}` : `nothing, ${length} tokens at most`;
}

function endText({ length, stops, endsAtEos }: Writing): string {
  if (length === 'gold') return '';
  const ends = [...(endsAtEos === true ? ['EOS'] : []), ...(stops.includes('\n') ? ['the end of the line'] : [])];
  return ends.length === 0 ? '' : `, cut at ${ends.join(' or ')}`;
}

const ASKED = {
  instruction: 'both sides, quoted in an instruction',
  'instruction-text': 'both sides, quoted in an instruction',
  'fim-psm': 'both sides, prefix-suffix-middle tokens',
  'fim-spm': 'both sides, suffix-prefix-middle tokens',
} as const;

function seesText({ asks, alternatives }: View, family: Family): string {
  if (asks !== undefined) return ASKED[asks];
  const pieces = alternatives[0] ?? [];
  const hole = pieces.findIndex(({ scored }) => scored);
  const isBehind = pieces.slice(hole + 1).some(({ text }) => text.trim() !== '');
  return family === 'diffusion' && isBehind ? 'both sides' : 'what stands before';
}
