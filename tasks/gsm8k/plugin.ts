/** What the two GSM8K tasks share: wording as rows of fine-tuned models, and scores. */
import { type DataSource, type Floor, scoreTexts, type TaskPlugin } from '#harness';
import { rowProtocols } from '../row-protocols.ts';
import { gsm8kValues } from './judge.ts';
import { type Gsm8kRow, gsm8kRowSchema } from './rows.ts';

export interface Gsm8kForm extends Pick<TaskPlugin, 'name' | 'description'> {
  readonly source: DataSource<Gsm8kRow>;
  /** Tokens of a row, question and solution together. */
  readonly canvas: number;
  /** The text that a model is to write. */
  solution(row: Gsm8kRow): string;
}

export const gsm8kTask = ({ name, description, source, canvas, solution }: Gsm8kForm): TaskPlugin<Gsm8kRow> => ({
  name,
  version: 1,
  description,
  chance: null,
  rowSchema: gsm8kRowSchema,
  sources: [source],
  floors: [ceiling(source.name)],
  fixture: `${name}.jsonl`,
  protocols: rowProtocols({
    canvas,
    source: ({ question }) => question,
    target: solution,
    // The published settings: argmax, ranked at the temperature of the architecture. They go with 64 steps.
    confidenceTemperature: 'published',
  }),
  id: (_row, index) => `${name}/${index}`,
  score: (question, response, context) =>
    scoreTexts(question, response, context, (text) => gsm8kValues(text, question.answers[0] ?? '')),
});

/**
 * In 93 of the published solutions another calculation than the last one gives the answer; 18 have none. Derived from the rows by
 * `test/conformance/ceilings.test.ts`.
 */
const ceiling = (source: string): Floor => ({
  ...{ metric: 'lastStepIsAnswer', name: 'published solutions', hits: 1208, of: 1301, source },
  origin: 'counted over all rows; 18 have no calculation',
});
