/** What a gate found. Every output is made from this value: terminal, JSON, Markdown, annotations, JUnit and the exit code. */
import type { Estimate } from '../../core/estimate.ts';
import type { Family } from '../../core/question.ts';
import type { Fraction } from '../../core/units.ts';
import type { ComparedRow } from '../compare/comparison.ts';

export type Verdict = 'pass' | 'regression' | 'inconclusive';

/** One metric of one task; `p` is of no loss, one-sided. */
export interface TaskCheck
  extends Pick<ComparedRow, 'task' | 'metric' | 'difference' | 'higherIsBetter' | 'p' | 'test' | 'holm'> {
  readonly model: string;
  readonly family: Family;
  readonly verdict: Verdict;
  /** One sentence without a full stop. */
  readonly reason: string;
  readonly baseline: Estimate;
  readonly candidate: Estimate;
  /** Largest loss that counts as none, and the largest that is not ruled out; both in the units of the metric. */
  readonly margin: number;
  readonly possibleLoss: number;
  /** Items that would decide, if the difference is what it looks like; null where the verdict is not open, or no number would. */
  readonly needed: number | null;
}

export interface GuardCheck {
  readonly guard: 'coverage' | 'stale' | 'unscored' | 'nfe' | 'seconds' | 'environment';
  readonly task: string;
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface GateDocument {
  readonly format: 'bench-gate/1';
  readonly verdict: Verdict;
  readonly alpha: Fraction;
  readonly baseline: string;
  readonly candidate: string;
  readonly checks: readonly TaskCheck[];
  readonly guards: readonly GuardCheck[];
  readonly warnings: readonly string[];
}

/** A check or guard under the name that outputs give it. */
export interface Finding {
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
}

export const namedChecks = ({ checks }: GateDocument): readonly Finding[] =>
  checks.map(({ task, metric, verdict, reason }) => ({ name: `${task}, ${metric}`, verdict, reason }));

export const namedGuards = ({ guards }: GateDocument): readonly Finding[] =>
  guards.map(({ task, guard, verdict, reason }) => ({ name: `${task}, ${guard}`, verdict, reason }));

/** A regression anywhere is one; else what is open anywhere is open. Nothing checked is open too. */
export function overall(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('regression')) return 'regression';
  return verdicts.length === 0 || verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
}
