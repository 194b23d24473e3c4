/** LAMBADA predictions of the last word: by item, by passage, or with their label. Both releases have the same rule. */

import { z } from 'zod';
import { lambada } from '../../../../tasks/lambada.ts';
import { lambadaOpenai } from '../../../../tasks/lambada-openai.ts';
import { groupBy } from '../../../core/collect.ts';
import type { TaskPlugin } from '../../../core/task.ts';
import { cutAt } from '../../../core/text/cut-at.ts';
import { pythonSplit, pythonStrip } from '../../../core/text/python-text.ts';
import { loadSource } from '../../../datasets/load-source.ts';
import { badRow, parseRow } from '../../../datasets/parse-row.ts';
import { itemIdSchema, type NamedItems, namedItems } from './named-items.ts';
import { hit, type Prediction, type Rescorer, rescoreEach } from './rescorer.ts';

interface Passage {
  readonly text: string;
}

const labelledSchema = z.object({ prediction: z.string(), label: z.string() });
const SCHEMAS = {
  id: z.object({ id: itemIdSchema, prediction: z.string() }),
  index: z.object({ index: itemIdSchema, prediction: z.string() }),
  text: z.object({ text: z.string(), prediction: z.string() }),
} as const;

const METRICS = {
  exactMatch: 'the last word, blanks at the ends dropped, upper and lower case told apart (the published rule)',
} as const;

export const lambadaRescorer = rescorerOf(lambada);
export const lambadaOpenaiRescorer = rescorerOf(lambadaOpenai);

function rescorerOf({ name, sources, cluster }: TaskPlugin<Passage>): Rescorer {
  return {
    task: name,
    forms: ['{"id", "prediction"}', '{"index", "prediction"}', '{"text", "prediction"}', '{"prediction", "label"}'],
    metrics: METRICS,
    verdicts: ['correct', 'wrong'],
    async rescore(predictions, { dataDir, eos, ...settings }) {
      const isNamed = predictions.some((prediction) => !hasLabel(prediction));
      const rows = isNamed ? await loadSource(sources, { dataDir }) : [];
      const items = namedItems(name, rows.length);
      const find = finder(name, rows, items, (index) => cluster?.(rows[index] as Passage, index, rows) ?? null);
      const scored = rescoreEach(predictions, Object.keys(METRICS), settings, (prediction) => {
        const { text, word, ...item } = hasLabel(prediction) ? labelled(prediction) : find(prediction);
        const isRight = pythonStrip(cutAt(text, eos)) === pythonStrip(word);
        return { ...item, verdict: isRight ? 'correct' : 'wrong', shares: { exactMatch: hit(isRight) } };
      });
      return { ...scored, missing: isNamed ? items.missing() : null };
    },
  };
}

interface Answered {
  readonly id: string | null;
  readonly cluster: string | null;
  readonly text: string;
  readonly word: string;
}

const hasLabel = ({ value }: Prediction): boolean => 'label' in value;

function labelled({ place, value }: Prediction): Answered {
  const { prediction, label } = parseRow(labelledSchema, value, place);
  return { id: null, cluster: null, text: prediction, word: label };
}

/**
 * What finds the item of a prediction: by id, by index, or by its passage with or without the last word. Passages that stand
 * twice in the data set take the lines that name them in turn.
 */
function finder(
  task: string,
  rows: readonly Passage[],
  items: NamedItems,
  clusterOf: (index: number) => string | null,
): (prediction: Prediction) => Answered {
  const words = rows.map(({ text }) => pythonSplit(text));
  const whole = indicesOf(words.map((each) => each.join(' ')));
  const contexts = indicesOf(words.map((each) => each.slice(0, -1).join(' ')));
  const answered = (index: number, text: string): Answered => ({
    id: `${task}/${index}`,
    cluster: clusterOf(index),
    text,
    word: words[index]?.at(-1) ?? '',
  });
  return ({ place, value }) => {
    if ('text' in value) {
      const { text, prediction } = parseRow(SCHEMAS.text, value, place);
      const named = pythonSplit(text).join(' ');
      const indices = whole.get(named) ?? contexts.get(named);
      if (indices === undefined) throw badRow(place, 'text', 'a passage of the data set', text);
      return answered(items.claimNext(indices, 'text', place), prediction);
    }
    if ('index' in value) {
      const { index, prediction } = parseRow(SCHEMAS.index, value, place);
      return answered(items.claim(index, 'index', place), prediction);
    }
    const { id, prediction } = parseRow(SCHEMAS.id, value, place);
    return answered(items.claim(id, 'id', place), prediction);
  };
}

/** Text -> every row that has it, in order. */
function indicesOf(texts: readonly string[]): ReadonlyMap<string, readonly number[]> {
  return groupBy([...texts.keys()], (index) => texts[index] as string);
}
