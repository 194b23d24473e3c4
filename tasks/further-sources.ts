/** Data sources in the lock that no task of `index.ts` reads: for training, and for scoring predictions again. */
import type { DataSource } from '#harness';
import { countdownD1, countdownTrain } from './countdown/rows.ts';
import { GSM8K_NATURAL_TRAIN, GSM8K_SENTENCES_TRAIN, GSM8K_SYMBOLIC_VALID } from './gsm8k/rows.ts';

export const FURTHER_SOURCES: readonly DataSource<unknown>[] = [
  GSM8K_SYMBOLIC_VALID,
  GSM8K_NATURAL_TRAIN,
  GSM8K_SENTENCES_TRAIN,
  countdownTrain,
  countdownD1,
];
