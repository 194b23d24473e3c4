/** What the two GSM8K tasks share: wording as rows of fine-tuned models, and scores. */
import {
  bothFamilies,
  type DataSource,
  fineTuned,
  type Question,
  type SftLayout,
  scoreTexts,
  type TaskPlugin,
  type Template,
  type Writing,
  write,
} from '#harness';
import { gsm8kValues } from './judge.ts';
import { type Gsm8kRow, gsm8kRowSchema } from './rows.ts';

export interface Gsm8kForm {
  readonly name: string;
  readonly description: string;
  readonly source: DataSource<Gsm8kRow>;
  /** Tokens of a row, question and solution together. */
  readonly canvas: number;
  /** The text that a model is to write. */
  solution(row: Gsm8kRow): string;
}

const canonical: Writing = { length: 'canvas', steps: 'as-set', form: 'canonical', temperature: 'argmax', stops: [] };
/** The published settings: argmax, ranked at temperature 0.98 (GPT-2) and 1 (LLaMA). They go with 64 steps. */
const published: Writing = { ...canonical, form: 'paper', confidenceTemperature: { gpt2: 0.98, llama: 1 } };

export function gsm8kTask({ name, description, source, canvas, solution }: Gsm8kForm): TaskPlugin<Gsm8kRow> {
  const template = (tooLong: SftLayout['tooLong'], writing: Writing): Template<Gsm8kRow> => ({
    question: (row): Question => {
      const gold = solution(row);
      return write(gold, bothFamilies(fineTuned(row.question, gold, { canvas, tooLong })), writing);
    },
    headline: { autoregressive: 'sum', diffusion: 'sum' },
  });
  return {
    name,
    version: 1,
    description,
    chance: null,
    rowSchema: gsm8kRowSchema,
    sources: [source],
    fixture: `${name}.jsonl`,
    protocols: {
      canonical: template('unanswered', canonical),
      paper: template('cut-source', published),
      'paper-text': template('cut-source', published),
    },
    id: (_row, index) => `${name}/${index}`,
    score: (question, response, context) =>
      scoreTexts(question, response, context, (text) => gsm8kValues(text, question.answers[0] ?? '')),
  };
}
