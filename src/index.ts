/** `#harness`: all that a task author imports. */

export { type DataSource, published } from './core/data-source.ts';
export { HarnessError } from './core/errors.ts';
export { PROTOCOLS, type ProtocolName } from './core/names.ts';
export { type RandomStream, stream } from './core/numbers/random.ts';
export { isEqual, type Rational, rational } from './core/numbers/rational.ts';
export type { OwnMetric } from './core/own-metric.ts';
export { completeProgram, type Program, type ProgramFrame } from './core/program.ts';
export * from './core/question.ts';
export type { Normalisation, Response } from './core/response.ts';
export type { Score, ScoreContext } from './core/score.ts';
export { defineTask, type FewShot, type Floor, type TaskPlugin, type Template } from './core/task.ts';
export { cutAt } from './core/text/cut-at.ts';
export { pythonCapitalize, pythonSplit, pythonStrip, pythonStripEnd } from './core/text/python-text.ts';
export * from './core/wording.ts';
export { type CsvCell, parseCsv, readCsv, toCsv } from './datasets/csv.ts';
export { label } from './datasets/label.ts';
export { localRows, readJsonl, readLabelledJsonl } from './datasets/read-jsonl.ts';
export { readLineGroups } from './datasets/read-line-groups.ts';
export { readParquet } from './datasets/read-parquet.ts';
export { readLines } from './datasets/read-text.ts';
export { evaluate } from './metrics/arithmetic.ts';
export { calculationSteps, isLastStepAnswer, stepVerdict } from './metrics/calculation-steps.ts';
export { ANSWER_MARK, isSameAnswer, isSameNumber } from './metrics/gsm8k-answer.ts';
export { scorePrograms } from './metrics/score-programs.ts';
export { scoreQuestion } from './metrics/score-question.ts';
export { scoreTexts, scoreWriting, type TextValues } from './metrics/score-writing.ts';
