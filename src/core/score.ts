/** What a response is worth under a task's metrics. A failure is a tagged state, never 0 and never NaN. */
import type { ErrorCode } from './errors.ts';
import type { VerdictKind } from './program.ts';

export type Score =
  | {
      readonly kind: 'scored';
      /** Metric name -> value of this item; accuracies are 0 or 1. */
      readonly values: Readonly<Record<string, number>>;
      /** Index of the chosen alternative under the headline metric; null for fill questions. */
      readonly answer: number | null;
      readonly gold: number;
      /** The choice could change under Monte-Carlo noise: margin below two standard errors. */
      readonly undecided: boolean;
      /** By view: what became of each program that was written, in the order of the texts. Absent where none was. */
      readonly verdicts?: Readonly<Record<string, readonly VerdictKind[]>>;
    }
  | { readonly kind: 'unscored'; readonly code: ErrorCode; readonly reason: string };

/** How right an item is, 0..1: its programs that pass, else its accuracy; null where it is measured without right or wrong. */
export function rightShare({ values }: Extract<Score, { kind: 'scored' }>): number | null {
  return values['pass@1'] ?? values.acc ?? null;
}
