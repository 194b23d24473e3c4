/** Data sources in the lock that no task of `index.ts` reads: for training, and for scoring predictions again. */
import type { DataSource } from '#harness';
import { countdownD1, countdownTrain } from './countdown/rows.ts';
import { GSM8K_NATURAL_TRAIN, GSM8K_SENTENCES_TRAIN, GSM8K_SYMBOLIC_VALID } from './gsm8k/rows.ts';
import { INFILL_FILES, type InfillVariant, readHumaneval, readInfill } from './humaneval/rows.ts';

const infillSets = (Object.keys(INFILL_FILES) as InfillVariant[]).map(
  (variant): DataSource<unknown> => ({
    name: `humaneval-infill/${variant}`,
    variant: null,
    read: (path) => readInfill(variant, path),
  }),
);

export const FURTHER_SOURCES: readonly DataSource<unknown>[] = [
  GSM8K_SYMBOLIC_VALID,
  GSM8K_NATURAL_TRAIN,
  GSM8K_SENTENCES_TRAIN,
  countdownTrain,
  countdownD1,
  { name: 'humaneval/jsonl', variant: null, read: readHumaneval },
  ...infillSets,
];
