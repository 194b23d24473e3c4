/** What every grid of readings shares: a cell of it, and what its numbers are and are not. */
import type { Estimate } from '../../core/estimate.ts';
import type { RunFacts } from './run-facts.ts';

/** What the numbers are and are not; part of every table and document. */
export const ABLATION_LABEL =
  "inference-time ablation of finished weights, not the paper's training ablation; trained ablations are compared by listing their checkpoints in bench run";

export interface AblationCell extends Pick<RunFacts, 'openFraction' | 'shift' | 'path'> {
  readonly isReference: boolean;
  /** null where no item has a score. */
  readonly value: Estimate | null;
  /** value − value of the reference over the items that both have, paired by item; null at the reference, or where none is. */
  readonly difference: Estimate | null;
}
