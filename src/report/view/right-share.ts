import type { Score } from '../../core/score.ts';

/** How right an item is, 0..1: its programs that pass, else its accuracy; null where it is measured without right or wrong. */
export function rightShare({ values }: Extract<Score, { kind: 'scored' }>): number | null {
  return values['pass@1'] ?? values.acc ?? null;
}
