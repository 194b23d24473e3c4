/**
 * Which of four words ends a little story that a grammar of our own made (`problems/stories.ts`). The three wrong ones are of other
 * kinds (thing, place, animal, colour, name), so it shows whether a model has learnt the grammar, not whether it looked back: that is
 * `stories-cloze`.
 */
import { z } from 'zod';
import {
  type DataSource,
  joint,
  jointWithoutBos,
  label,
  type Question,
  scoreQuestion,
  stream,
  type TaskPlugin,
} from '#harness';
import { BY_SUM, choiceAfter } from '../choices.ts';
import { heldOutRows } from '../problems/rows.ts';
import { KINDS, stories } from '../problems/stories.ts';

const rowSchema = z.object({
  prompt: z.string().min(1),
  options: z.array(z.string().min(1)).length(4),
  label: label(0, 3),
});
type Row = z.infer<typeof rowSchema>;

const NAME = 'stories-choice/made';
const ROWS = 500;
const made: DataSource<Row> = {
  name: NAME,
  variant: null,
  read: async () => heldOutRows(NAME, stories.open({}), ROWS).map(withOptions),
};

/** One word of each of three other kinds, and the right one at a place that is drawn. */
function withOptions({ prompt, answer }: { readonly prompt: string; readonly answer: string }, index: number): Row {
  const random = stream(0, 'options', NAME, index);
  const at = (counter: number, count: number) => Math.floor(random.uniform(counter) * count);
  const others = KINDS.filter((kind) => !kind.includes(answer));
  const left = at(0, others.length);
  const options = others
    .filter((_, kind) => others.length === 3 || kind !== left)
    .map((kind, i) => kind[at(1 + i, kind.length)] as string);
  const place = at(9, 4);
  return { prompt, options: options.toSpliced(place, 0, answer), label: place };
}

export const storiesChoice: TaskPlugin<Row> = {
  name: 'stories-choice',
  version: 1,
  description: 'Which of four words of different kinds ends a little story made by a grammar',
  chance: 0.25,
  rowSchema,
  sources: [made],
  fixture: 'stories-choice.jsonl',
  protocols: {
    canonical: { question: ending(joint), headline: BY_SUM },
    paper: { question: ending(joint), headline: BY_SUM },
    'paper-text': { question: ending(joint), headline: BY_SUM },
    olmes: { question: ending(jointWithoutBos), headline: BY_SUM },
  },
  id: (_row, index) => `stories-choice/${index}`,
  score: scoreQuestion,
};

function ending(tokenize: typeof joint): (row: Row) => Question {
  return ({ prompt, options, label: gold }) => choiceAfter(prompt, options, gold, tokenize);
}
