/**
 * MAWPS (Koncel-Kedziorski et al. 2016): short word problems whose answer is a number, here written at once, without steps. The four test
 * sets together, as in ToRA (arXiv:2309.17452): AddSub, MultiArith, SingleEq, SingleOp.
 *
 * Four solved problems, drawn by random numbers that the item names, stand in front (`--shots`). `paper`: the published sampler draws
 * tokens, a step a token; `--draws 3` gives `majority@3` and `hit@3`.
 */
import { z } from 'zod';
import { isNumber, type JudgedText, lastNumber, published, readJsonl, scoreViews, type TaskPlugin } from '#harness';
import { commonestAnswer } from './floors.ts';
import { solvedProtocols } from './solved-questions.ts';

const rowSchema = z.object({
  input: z.string().min(1),
  target: z.number(),
  /** One of the four sets. */
  type: z.string(),
});
type MawpsRow = z.infer<typeof rowSchema>;

export const mawps: TaskPlugin<MawpsRow> = {
  name: 'mawps',
  version: 1,
  description: 'Short word problems; the model writes a number',
  chance: null,
  rowSchema,
  sources: [published('mawps/jsonl', (path) => readJsonl(path('mawps/test.jsonl'), rowSchema))],
  fixture: 'mawps.jsonl',
  protocols: solvedProtocols({
    asked: ({ input }) => `Question: ${input}\nAnswer:`,
    answer: ({ target }) => String(target),
    room: 16,
  }),
  id: ({ type }, index) => `mawps/${type}/${index}`,
  cluster: ({ input }) => input,
  floors: commonestAnswer('always 9', 82, 2065, 'mawps/jsonl'),
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
