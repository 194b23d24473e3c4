/** What one written solution of a GSM8K problem is worth. Runs and `bench rescore` share it. */
import {
  ANSWER_MARK,
  calculationSteps,
  isLastStepAnswer,
  isSameAnswer,
  isSameNumber,
  stepVerdict,
  type TextValues,
} from '#harness';

export interface Gsm8kVerdict {
  /** The published rule: the same text after the last `####`, commas dropped. */
  readonly isExact: boolean;
  /** The same, or both are numbers of equal value. */
  readonly isNumeric: boolean;
  /** There is a `####`. */
  readonly isMarked: boolean;
  /** Calculations `<<a*b=c>>`. */
  readonly steps: number;
  /** Those that are no true equation. */
  readonly invalidSteps: number;
  /** Those that are off by more than 1/100, or no equation at all. */
  readonly wrongSteps: number;
  /** The last calculation gives the answer; null where there is no such pair. */
  readonly isLastStepAnswer: boolean | null;
}

/** @param label a text with the right answer after its last `####` */
export function judgeGsm8k(text: string, label: string): Gsm8kVerdict {
  const steps = calculationSteps(text).map(stepVerdict);
  return {
    isExact: isSameAnswer(text, label),
    isNumeric: isSameNumber(text, label),
    isMarked: text.includes(ANSWER_MARK),
    steps: steps.length,
    invalidSteps: steps.filter((step) => step !== 'right').length,
    wrongSteps: steps.filter((step) => step === 'wrong').length,
    isLastStepAnswer: isLastStepAnswer(text),
  };
}

/** The metrics of one text; those that do not apply are null. */
export function gsm8kValues(text: string, label: string): TextValues {
  const verdict = judgeGsm8k(text, label);
  return {
    acc: Number(verdict.isExact),
    accNumeric: Number(verdict.isNumeric),
    noAnswer: Number(!verdict.isMarked),
    invalidSteps: verdict.steps === 0 ? null : verdict.invalidSteps / verdict.steps,
    lastStepIsAnswer: verdict.isLastStepAnswer === null ? null : Number(verdict.isLastStepAnswer),
  };
}
