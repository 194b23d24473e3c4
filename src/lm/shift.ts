import { HarnessError } from '../core/errors.ts';
import type { Family } from '../core/names.ts';

/**
 * The one place that knows where a token's prediction is read. Adapted models keep the AR heritage: the output at
 * position i predicts token i + 1, so position 0 has no prediction. Without the shift every position predicts itself.
 *
 * @returns the row to read for `position`, or null when no row predicts it
 * @source  Gong et al. 2024, arXiv 2410.17891, section 3.3; `eval_forward` of the published code
 */
export function predictingRow(position: number, shift: boolean): number | null {
  if (!shift) return position;
  return position === 0 ? null : position - 1;
}

/** Those of the positions that a row predicts. */
export const predictable = (positions: readonly number[], shift: boolean): readonly number[] =>
  positions.filter((position) => predictingRow(position, shift) !== null);

/** The position that `row` predicts: the inverse of `predictingRow`. */
export const predictedPosition = (row: number, shift: boolean): number => (shift ? row + 1 : row);

/**
 * The row whose confidence ranks `position` in the published samplers: the one that predicts it. Position 0, which no row
 * predicts under the shift, keeps its token and is ranked by row 0, so that it always ties with position 1.
 *
 * @source `generate_samples` of the trainer of HKUNLP/DiffuLLaMA at c17e897
 */
export const rankingRow = (position: number, shift: boolean): number => predictingRow(position, shift) ?? 0;

/**
 * Refuses an answer that no row predicts: one that starts at the first token of an autoregressive model, or is nothing
 * but the first token under the shift. (A longer diffusion answer keeps its first token visible.)
 *
 * @throws HarnessError 'bad-request'
 */
export function requirePrediction(scored: readonly number[], family: Family, shift: boolean): void {
  const [first] = scored;
  if (first !== 0 || !shift || (family === 'diffusion' && scored.length > 1)) return;
  const hint = 'Give a context of at least one token.';
  throw new HarnessError('bad-request', 'the answer starts at the first token, which has no prediction', { hint });
}
