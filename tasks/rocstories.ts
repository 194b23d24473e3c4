/**
 * ROCStories infilling (Mostafazadeh et al. 2016, arXiv:1604.01696): the third of five sentences, between the two before and the two after
 * it, against the written one by ROUGE-1, -2 and -L. Stories of the Story Cloze test with their right endings.
 *
 * `paper`: pieces encoded apart, no BOS and no blank before the hole or behind it, the true length, drawn tokens in the order of their
 * confidence; left-to-right models see what stands before the hole, and write up to as many tokens as the sentence has characters.
 * `canonical`: left-to-right models are asked by the beginning alone, by an instruction that quotes both sides, and by fill-in-the-middle
 * tokens, with the same knowledge of the length as diffusion models.
 */
import { z } from 'zod';
import {
  type Floor,
  type HoleWording,
  inPlace,
  label,
  type Piece,
  published,
  type Question,
  readCsv,
  rougeScores,
  scored,
  scoreViews,
  separate,
  type TaskPlugin,
  type View,
  visible,
  type Writing,
  write,
} from '#harness';
import { BY_SUM } from './choices.ts';
import { lengthViews } from './length-views.ts';
import { DRAWN, GREEDY } from './writings.ts';

const rowSchema = z.object({ id: z.string().min(1), sentences: z.array(z.string().min(1)).length(5) });
type StoryRow = z.infer<typeof rowSchema>;

const fileSchema: z.ZodType<StoryRow> = z
  .object({
    InputStoryid: z.string(),
    ...{
      InputSentence1: z.string(),
      InputSentence2: z.string(),
      InputSentence3: z.string(),
      InputSentence4: z.string(),
    },
    ...{ RandomFifthSentenceQuiz1: z.string(), RandomFifthSentenceQuiz2: z.string(), AnswerRightEnding: label(1, 2) },
  })
  .transform((row) => {
    const endings = [row.RandomFifthSentenceQuiz1, row.RandomFifthSentenceQuiz2];
    const before = [row.InputSentence1, row.InputSentence2, row.InputSentence3, row.InputSentence4];
    return { id: row.InputStoryid, sentences: [...before, endings[row.AnswerRightEnding - 1] as string] };
  })
  .pipe(rowSchema);

/** Tokens of a canvas whatever the sentence. */
const ROOM = 32;

const PUBLISHED: Writing = { ...DRAWN, cleansUp: true };
export const rocstories: TaskPlugin<StoryRow> = {
  name: 'rocstories',
  version: 1,
  description: 'The third of five sentences of a story, written by the model between the others',
  chance: null,
  rowSchema,
  sources: [
    published('rocstories/csv', (path) => readCsv(path('rocstories/cloze_test_val__spring2016.csv'), fileSchema)),
  ],
  fixture: 'rocstories.jsonl',
  protocols: {
    canonical: { question: canonicalQuestion, headline: BY_SUM },
    paper: { question: paperQuestion, headline: BY_SUM },
  },
  id: ({ id }) => id,
  metric: 'rougeL',
  floors: [copied('rouge1', 308.73), copied('rouge2', 34.9), copied('rougeL', 282.17)],
  score: (question, response, context) =>
    scoreViews(question, response, context, (text) => ({ values: rougeScores(text, question.answers[0] ?? '') })),
};

/** What the sentence before the hole is worth in its place: more than some published models write. */
function copied(metric: string, hits: number): Floor {
  const counted = { hits, of: 1871, source: 'rocstories/csv', origin: 'summed over all rows' };
  return { metric, name: 'sentence 2 again', ...counted };
}

function canonicalQuestion({ sentences: [first, second, third = '', fourth, fifth] }: StoryRow): Question {
  const opening = [visible(`${first} ${second}`), scored(` ${third}`)];
  const hole = [...opening, visible(` ${fourth} ${fifth}`)];
  const ends = { stops: ['\n'], endsAtEos: true };
  const asks = (name: string, asked: HoleWording): View => ({ ...inPlace([hole], name), asks: asked });
  return write(
    third,
    {
      autoregressive: [
        ...lengthViews(inPlace([opening]), ROOM, ends, 'oracle-first'),
        asks('instruction', 'instruction-text'),
        asks('fim-psm', 'fim-psm'),
        asks('fim-spm', 'fim-spm'),
      ],
      diffusion: lengthViews(inPlace([hole]), ROOM, ends, 'oracle-first'),
    },
    GREEDY,
  );
}

function paperQuestion({ sentences: [first, second, third = '', fourth, fifth] }: StoryRow): Question {
  const opening: readonly Piece[] = [visible(`${first} ${second}`), scored(third)];
  const views = {
    autoregressive: [{ ...separate([opening]), writing: { length: 'gold-characters', endsAtEos: true } as const }],
    diffusion: [separate([[...opening, visible(`${fourth} ${fifth}`)]])],
  };
  return write(third, views, PUBLISHED);
}
