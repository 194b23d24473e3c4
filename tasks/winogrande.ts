/**
 * WinoGrande (Sakaguchi et al. 2020, arXiv:1907.10641): which of two names fits the blank. Validation split of `xl`.
 * `canonical`, `olmes` and `lm-eval` score what follows the blank, given either name (partial scoring, Trinh and Le 2018,
 * arXiv:1806.02847). Wording of `paper`: evaluation scripts of HKUNLP/DiffuLLaMA at c17e897.
 */

import { z } from 'zod';
import {
  bothFamilies,
  choose,
  continuation,
  joint,
  jointWithoutBos,
  label,
  published,
  pythonStrip,
  type Question,
  readJsonl,
  scored,
  scoreQuestion,
  separate,
  type TaskPlugin,
  type View,
  visible,
} from '#harness';
import { BY_MEAN, BY_SUM } from './choices.ts';
import { example, fromTraining, requests } from './lm-eval.ts';

const rowSchema = z.object({
  sentence: z.string().includes('_', { message: 'a sentence with the blank "_"' }),
  option1: z.string(),
  option2: z.string(),
  answer: label(1, 2),
  /** Twins have the same but for a final `-1` and `-2`; not in the extract. */
  qID: z.string().min(1).exactOptional(),
});
type WinograndeRow = z.infer<typeof rowSchema>;

export const winogrande: TaskPlugin<WinograndeRow> = {
  name: 'winogrande',
  version: 1,
  description: 'Which of two names fits the blank in a sentence',
  chance: 1 / 2,
  rowSchema,
  sources: [
    published('winogrande/original-jsonl', (path) => readJsonl(path('winogrande/original/dev.jsonl'), rowSchema)),
    published('winogrande/jsonl', (path) => readJsonl(path('winogrande/dev.jsonl'), rowSchema)),
  ],
  fixture: 'winogrande.jsonl',
  protocols: {
    canonical: { question: canonical, headline: BY_MEAN },
    paper: { question: paper, headline: { autoregressive: 'mean', diffusion: 'sum' } },
    'paper-text': { question: paper, headline: BY_MEAN },
    olmes: { question: olmes, headline: BY_SUM },
    'lm-eval': {
      question: (row) => rest(row, requests),
      headline: BY_SUM,
      fewShot: fromTraining(solved),
    },
  },
  id: (_row, index) => `winogrande/${index}`,
  cluster: ({ qID }, index, rows) => qID?.replace(/-[12]$/, '') ?? twinsOf(index, rows),
  undigested: ['qID'],
  score: scoreQuestion,
};

/**
 * The sentence with the name in place. AR: the rest of the sentence given the name. Diffusion: name and rest masked, as
 * published, and `option-only`: the name masked between both sides, which is what such a model is for.
 */
function canonical(row: WinograndeRow): Question {
  const { before, after } = sides(row);
  const prefix = before.trimEnd();
  const blank = before.slice(prefix.length);
  const suffix = after.trimEnd();
  const names = options(row).map((option) => option.trim());
  return choose(
    names.map((name) => name + suffix),
    row.answer - 1,
    {
      autoregressive: [joint(names.map((name) => continuation(before + name, suffix)))],
      diffusion: [
        joint(names.map((name) => continuation(before, name + suffix))),
        joint(
          names.map((name) =>
            [visible(prefix), scored(blank + name), visible(suffix)].filter(({ text }) => text !== ''),
          ),
          'option-only',
        ),
      ],
    },
  );
}

/** AR scores name and rest as one text; diffusion glues prefix, name and rest, without a blank before the rest. */
function paper(row: WinograndeRow): Question {
  const { before, suffix } = sides(row);
  const names = options(row);
  const answers = names.map((name) => `${name} ${suffix}`);
  return choose(answers, row.answer - 1, {
    autoregressive: [separate(answers.map((answer) => [visible(before), scored(answer)]))],
    diffusion: [separate(names.map((name) => [visible(before), scored(name), scored(suffix)]))],
  });
}

/** What follows the blank, after either name. */
function rest(row: WinograndeRow, viewOf: (pairs: readonly (readonly [string, string])[]) => View): Question {
  const { before, suffix } = sides(row);
  const names = options(row);
  const view = viewOf(names.map((name) => [before + name, ` ${suffix}`]));
  const answers = names.map((name) => `${name} ${suffix}`);
  return choose(answers, row.answer - 1, bothFamilies(view));
}

function olmes(row: WinograndeRow): Question {
  return rest(row, (pairs) => jointWithoutBos(pairs.map(([context, text]) => continuation(context, text))));
}

function solved(row: WinograndeRow): string {
  const { before, suffix } = sides(row);
  return example(before + options(row)[row.answer - 1], suffix);
}

const options = ({ option1, option2 }: WinograndeRow) => [option1, option2];

/** Twins stand side by side and have the same two names, of which the other is right. null: the row has no twin. */
function twinsOf(index: number, rows: readonly WinograndeRow[]): string | null {
  let first = index;
  while (first > 0 && haveSameNames(rows[first - 1], rows[first])) first--;
  first += 2 * Math.floor((index - first) / 2);
  return haveSameNames(rows[first], rows[first + 1]) ? `twins/${first}` : null;
}

function haveSameNames(a: WinograndeRow | undefined, b: WinograndeRow | undefined): boolean {
  return a !== undefined && b !== undefined && options(a).sort().join('\n') === options(b).sort().join('\n');
}

/** The sentence cut at its first `_`; `suffix` is what follows, without blanks at the ends. */
function sides({ sentence }: WinograndeRow): { before: string; after: string; suffix: string } {
  const at = sentence.indexOf('_');
  const after = sentence.slice(at + 1);
  return { before: sentence.slice(0, at), after, suffix: pythonStrip(after) };
}
