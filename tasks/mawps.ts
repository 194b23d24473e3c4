/**
 * MAWPS (Koncel-Kedziorski et al. 2016): short word problems whose answer is a number, here written at once, without steps. The four test
 * sets together, as in ToRA (arXiv:2309.17452): AddSub, MultiArith, SingleEq, SingleOp.
 *
 * Four solved problems, drawn by random numbers that the item names, stand in front (`--shots`). `paper`: the published sampler draws
 * tokens, a step a token; `--draws 3` gives `majority@3` and `hit@3`.
 */
import { z } from 'zod';
import {
  bothFamilies,
  continuation,
  isNumber,
  type JudgedText,
  joint,
  lastNumber,
  published,
  type Question,
  readJsonl,
  scoreViews,
  separate,
  type TaskPlugin,
  type Writing,
  write,
} from '#harness';
import { lengthViews, ONE_LINE } from './length-views.ts';

const rowSchema = z.object({
  input: z.string().min(1),
  target: z.number(),
  /** One of the four sets. */
  type: z.string(),
});
type MawpsRow = z.infer<typeof rowSchema>;

/** Tokens of a number and the end of its line. */
const ROOM = 16;

const canonical: Writing = { length: ROOM, steps: 'as-set', form: 'canonical', temperature: 'argmax', ...ONE_LINE };
const paper: Writing = { ...canonical, steps: 'one-a-token', form: 'paper', temperature: 'published' };
const headline = { autoregressive: 'sum', diffusion: 'sum' } as const;

const asked = ({ input }: MawpsRow): string => `Question: ${input}\nAnswer:`;

const fewShot: NonNullable<TaskPlugin<MawpsRow>['protocols']['canonical']>['fewShot'] = {
  standard: 4,
  pool: 'own',
  leavesOutAsked: true,
  drawn: 'named',
  example: (row) => `${asked(row)} ${row.target}\n\n`,
};

export const mawps: TaskPlugin<MawpsRow> = {
  name: 'mawps',
  version: 1,
  description: 'Short word problems; the model writes a number',
  chance: null,
  rowSchema,
  sources: [published('mawps/jsonl', (path) => readJsonl(path('mawps/test.jsonl'), rowSchema))],
  fixture: 'mawps.jsonl',
  protocols: {
    canonical: { question: canonicalQuestion, headline, fewShot },
    paper: { question: paperQuestion, headline, fewShot },
  },
  id: ({ type }, index) => `mawps/${type}/${index}`,
  cluster: ({ input }) => input,
  floors: [
    {
      ...{ name: 'always 9', hits: 82, of: 2065, source: 'mawps/jsonl' },
      origin: 'the commonest answer, counted over all rows',
    },
  ],
  score: (question, response, context) =>
    scoreViews(question, response, context, (text) => judged(text, Number(question.answers[0]))),
};

function judged(text: string, target: number): JudgedText {
  const found = lastNumber(text);
  const isRight = isNumber(found, target);
  return {
    values: { acc: Number(isRight), noAnswer: Number(found === null) },
    vote: { answer: found === null ? null : String(found), isRight },
  };
}

function canonicalQuestion(row: MawpsRow): Question {
  const view = joint([continuation(asked(row), ` ${row.target}`)]);
  return write(String(row.target), bothFamilies(...lengthViews(view, ROOM, ONE_LINE, 'canvas-first')), canonical);
}

/** No code was published: the wording is ours, the sampler theirs. */
function paperQuestion(row: MawpsRow): Question {
  return write(String(row.target), bothFamilies(separate([continuation(asked(row), ` ${row.target}`)])), paper);
}
