/**
 * Which of four endings goes with the beginning of a little story (`tasks/problems/stories.ts`), 5 to 25 tokens each: right, or of another
 * story. Some of these tell of the same things in other colours, so margins are wide and narrow, as in HellaSwag.
 */
import { z } from 'zod';
import { stream } from '../../src/core/numbers/random.ts';
import { rowsDigest } from '../../src/core/text/rows-digest.ts';
import { bothFamilies, choose, continuation, joint } from '../../src/core/wording.ts';
import { type PreparedRuns, prepareRuns } from '../../src/evaluate/execute-runs.ts';
import type { RunOptions } from '../../src/evaluate/options.ts';
import type { TaskRows } from '../../src/evaluate/run-parts.ts';
import { scoreQuestion, type TaskPlugin } from '../../src/index.ts';
import { stories } from '../../tasks/problems/stories.ts';

const rowSchema = z.object({ beginning: z.string(), endings: z.array(z.string()).length(4) });
type Row = z.infer<typeof rowSchema>;

const headline = { autoregressive: 'mean', diffusion: 'mean' } as const;

export const storyEndings: TaskPlugin<Row> = {
  name: 'story-endings',
  version: 1,
  description: 'Which of four endings goes with the beginning of a little story (made)',
  chance: 1 / 4,
  rowSchema,
  sources: [],
  fixture: 'none',
  protocols: { canonical: { question, headline } },
  id: (_row, index) => `story-endings/${index}`,
  score: scoreQuestion,
};

function question({ beginning, endings }: Row) {
  return choose(endings, 0, bothFamilies(joint(endings.map((ending) => continuation(beginning, ` ${ending}`)))));
}

/** The made task with so many rows as are asked for. */
export async function preparedEndings(options: RunOptions): Promise<PreparedRuns> {
  const prepared = await prepareRuns({ ...options, tasks: ['stories-choice'] });
  return { ...prepared, tasks: [madeTask(options.limit ?? 200)] };
}

export function madeTask(limit: number): TaskRows {
  const rows = endingRows(limit);
  const task = storyEndings as unknown as TaskRows['task'];
  const source = { source: 'story-endings/made', variant: null, digest: rowsDigest(task, rows) };
  return { task, shots: null, loaded: { rows, ...source, available: rows.length, usedFixtures: false } };
}

/** So many rows; the right ending is the first, which no ranking knows. */
export function endingRows(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, item) => {
    const [beginning, right] = halves(item, 0);
    const others = new Set<string>();
    for (let draw = 1; others.size < 3; draw++) {
      const [, ending] = halves(item, draw);
      if (ending !== right && ending !== '') others.add(ending);
    }
    return { beginning, endings: [right, ...others] };
  });
}

/** A story cut at the sentence that is nearest to its middle. */
function halves(item: number, draw: number): readonly [beginning: string, ending: string] {
  const { prompt, answer } = stories.open({}).draw('held-out', stream(15, 'story-endings', item, draw));
  const sentences = `${prompt} ${answer}`.split(' . ');
  const middle = Math.max(1, Math.floor(sentences.length / 2));
  return [`${sentences.slice(0, middle).join(' . ')} .`, sentences.slice(middle).join(' . ')];
}
