/** GSM8K predictions, as published by DiffuLLaMA (`predict`, `label`, the question in both) or by item. */
import { z } from 'zod';
import { gsm8k } from '../../../../tasks/gsm8k/gsm8k.ts';
import { judgeGsm8k } from '../../../../tasks/gsm8k/judge.ts';
import { GSM8K_NATURAL, GSM8K_SYMBOLIC } from '../../../../tasks/gsm8k/rows.ts';
import { cutAt } from '../../../core/text/cut-at.ts';
import { loadSource } from '../../../datasets/load-source.ts';
import { parseRow } from '../../../datasets/parse-row.ts';
import { ANSWER_MARK } from '../../../metrics/gsm8k-answer.ts';
import { floorText } from '../../../report/terminal/run-notes.ts';
import { itemIdSchema, type NamedItems, namedItems } from './named-items.ts';
import { hit, type Judged, NOTHING, type Prediction, type Rescorer, rescoreEach } from './rescorer.ts';

const publishedSchema = z.object({ predict: z.string(), label: z.string() });
const namedSchema = z.object({ id: itemIdSchema, prediction: z.string() });

const METRICS = {
  exactMatch: 'the text after the last #### is the right one, commas dropped (the published rule)',
  numericMatch: 'the same, or both are numbers of equal value',
  invalidStepRate: 'steps <<a*b=c>> that are no true equation; counted over steps, those of a text together',
  invalidSteps: "the same, as the mean over predictions of each one's share: what `bench run` reports",
  wrongStepRate: 'as invalidStepRate, but a result may be off by 1/100',
  noAnswer: 'there is no ####',
  lastStepIsAnswer: 'the last step gives the answer; of predictions that have both',
} as const;

const PER_TEXT = ['invalidSteps'];

export const gsm8kRescorer: Rescorer = {
  task: 'gsm8k',
  forms: ['{"predict", "label"}', '{"id", "prediction"}'],
  metrics: METRICS,
  verdicts: ['correct', 'equal number', 'wrong'],
  async rescore(predictions, { dataDir, eos, ...settings }) {
    const isNamed = predictions.some(isByItem);
    const rows = isNamed ? await loadSource([GSM8K_SYMBOLIC, GSM8K_NATURAL], { dataDir }) : [];
    const items = namedItems('gsm8k', rows.length);
    const judgeOne = (prediction: Prediction) => {
      const { id, text, label } = isByItem(prediction) ? named(prediction, rows, items) : published(prediction);
      return { id, ...judge(cutAt(text, eos), label) };
    };
    const scored = rescoreEach(predictions, Object.keys(METRICS), settings, judgeOne, PER_TEXT);
    const notes = (gsm8k.floors ?? []).map((floor) => floorText(gsm8k.name, floor));
    return { ...scored, notes, missing: isNamed ? items.missing() : null };
  },
};

interface Answered {
  readonly id: string | null;
  readonly text: string;
  readonly label: string;
}

const isByItem = ({ value }: Prediction): boolean => 'id' in value && !('label' in value);

function published({ place, value }: Prediction): Answered {
  const { predict, label } = parseRow(publishedSchema, value, place);
  return { id: null, text: predict, label };
}

function named({ place, value }: Prediction, rows: readonly { answer: string }[], items: NamedItems): Answered {
  const { id, prediction } = parseRow(namedSchema, value, place);
  const index = items.claim(id, 'id', place);
  return { id: `gsm8k/${index}`, text: prediction, label: `${ANSWER_MARK} ${rows[index]?.answer}` };
}

function judge(text: string, label: string): Pick<Judged, 'verdict' | 'shares'> {
  const found = judgeGsm8k(text, label);
  const { isExact, isNumeric, isMarked, steps } = found;
  return {
    verdict: isExact ? 'correct' : isNumeric ? 'equal number' : 'wrong',
    shares: {
      exactMatch: hit(isExact),
      numericMatch: hit(isNumeric),
      invalidStepRate: { hits: found.invalidSteps, of: steps },
      invalidSteps: { hits: found.invalidSteps, of: steps },
      wrongStepRate: { hits: found.wrongSteps, of: steps },
      noAnswer: hit(!isMarked),
      lastStepIsAnswer: found.isLastStepAnswer === null ? NOTHING : hit(found.isLastStepAnswer),
    },
  };
}
