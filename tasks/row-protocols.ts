/** What tasks share that ask in the rows which a model was fine-tuned on. */
import {
  bothFamilies,
  fineTuned,
  type Question,
  type SftLayout,
  type TaskPlugin,
  type Template,
  type Writing,
  write,
} from '#harness';

export interface RowWording<Row> {
  /** Tokens of a row, source and target together. */
  readonly canvas: number;
  source(row: Row): string;
  /** The text that a model is to write. */
  target(row: Row): string;
  /** Divides the logits by which the published sampler ranks. Default: 1. */
  readonly confidenceTemperature?: Writing['confidenceTemperature'];
}

const canonical: Writing = { length: 'canvas', steps: 'as-set', form: 'canonical', temperature: 'argmax', stops: [] };

/** `canonical` never cuts a row; the published protocols cut its source, as the row was cut when the model was fine-tuned. */
export function rowProtocols<Row>({
  canvas,
  source,
  target,
  confidenceTemperature,
}: RowWording<Row>): TaskPlugin<Row>['protocols'] {
  const template = (tooLong: SftLayout['tooLong'], writing: Writing): Template<Row> => ({
    question: (row): Question => {
      const gold = target(row);
      return write(gold, bothFamilies(fineTuned(source(row), gold, { canvas, tooLong })), writing);
    },
    headline: { autoregressive: 'sum', diffusion: 'sum' },
  });
  const ranked = confidenceTemperature === undefined ? {} : { confidenceTemperature };
  const published = template('cut-source', { ...canonical, form: 'paper', ...ranked });
  return { canonical: template('unanswered', canonical), paper: published, 'paper-text': published };
}

/** The source of a question's row. */
export const askedSource = ({ views }: Question): string => views.diffusion[0]?.alternatives[0]?.[0]?.text ?? '';
