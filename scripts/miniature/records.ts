/** What is kept of the miniature: the outcome of every item, small enough for git, and the held-out losses. */
import type { Arm, Rule } from './plan.ts';

/** One trained model under one rule. */
export interface MiniatureRecord {
  readonly task: string;
  readonly arm: Arm;
  readonly seed: number;
  readonly rule: Rule;
  /** T (0 for autoregressive models) to one digit an item, in the order of the task: 1 = right. */
  readonly right: Readonly<Record<string, string>>;
  /** Nats of the right answer an item (an upper bound for diffusion); for tasks whose likelihood counts. */
  readonly nats?: readonly number[];
}

/** Held-out nats per token over optimizer steps. */
export interface MiniatureCurve {
  readonly task: string;
  readonly arm: Arm;
  readonly seed: number;
  readonly points: readonly (readonly [step: number, nats: number])[];
}

export interface Miniature {
  readonly format: 'bench-miniature/1';
  /** false: fewer steps, seeds or items than planned; nothing follows from it. */
  readonly isComplete: boolean;
  readonly records: readonly MiniatureRecord[];
  readonly curves: readonly MiniatureCurve[];
}

export const atSteps = (record: MiniatureRecord, steps: number): readonly number[] => {
  const digits = record.right[record.arm === 'ar' ? '0' : String(steps)];
  if (digits === undefined) throw new RangeError(`${record.task} ${record.arm}: nothing for T = ${steps}`);
  return [...digits].map(Number);
};

/** Share of right answers. */
export function meanRight(record: MiniatureRecord, steps: number): number {
  const values = atSteps(record, steps);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
