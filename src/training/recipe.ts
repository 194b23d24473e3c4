/**
 * From rows to what a trainable model is given: the loss of each family, as weighted cross-entropies. Nothing is drawn here.
 *
 * @source Gong et al. 2024, arXiv 2410.17891, section 3; `inner_forward` of the trainer of HKUNLP/DiffuLLaMA at c17e897
 */
import type { Fraction } from '../core/units.ts';
import type { AttentionPattern, Read } from '../lm/forward/sequence.ts';
import { noisedInput } from '../lm/likelihood/noised-input.ts';
import { officialScored } from '../lm/likelihood/official.ts';
import { predictingRow } from '../lm/shift.ts';
import type { TrainingRow } from './data/training-row.ts';
import type { TrainingBatch } from './trainable.ts';

/**
 * `paper`: Σ CE / t over all positions whose input is the mask id, whether they were masked or hold it by chance, divided by
 * the number of them in the micro-batch. `fixed`: Σ CE / t over the masked positions of a row, divided by the positions that
 * could be masked, then the mean over rows: an unbiased estimate of the NELBO per token.
 */
export const LOSS_FORMS = ['paper', 'fixed'] as const;
export type LossForm = (typeof LOSS_FORMS)[number];

export interface DiffusionRecipe {
  readonly kind: 'diffusion';
  readonly loss: LossForm;
  readonly shift: boolean;
  readonly maskId: number;
  /** Optimizer steps until all attention is open; 0 or 1: from the first step. */
  readonly annealSteps: number;
  /** Draw one t from each of B equal parts of (0, 1) instead of B independent ones. */
  readonly stratified: boolean;
}

export interface CausalRecipe {
  readonly kind: 'autoregressive';
}

export type Recipe = DiffusionRecipe | CausalRecipe;

/** What was drawn for a micro-batch. */
export interface Noise {
  /** t of each row. */
  readonly times: readonly Fraction[];
  /** Masked positions of each row. */
  readonly masked: readonly (readonly number[])[];
  readonly attention: AttentionPattern;
}

/** Positions of a row that may be masked. Under `fixed` not the first one where no output predicts it. */
export function maskablePositions({ learnt }: TrainingRow, { loss, shift }: DiffusionRecipe): readonly number[] {
  const isMaskable = (position: number) =>
    learnt[position] === 1 && (loss === 'paper' || predictingRow(position, shift) !== null);
  return Array.from(learnt.keys()).filter(isMaskable);
}

/**
 * One micro-batch of the diffusion loss, in nats. A micro-batch without a masked token has the loss 0; the published code
 * divides by zero there.
 *
 * @param share weight of the micro-batch among those of a step: 1 / number of them
 */
export function diffusionBatch(
  rows: readonly TrainingRow[],
  { times, masked, attention }: Noise,
  recipe: DiffusionRecipe,
  share: Fraction = 1,
): TrainingBatch {
  const { maskId, shift, loss } = recipe;
  const denoiser = { maskId, shift, openFraction: 1 };
  const inputs = rows.map(({ ids }, b) => {
    const hidden = masked[b] ?? [];
    const asked = loss === 'paper' ? officialScored(ids, hidden, maskId) : hidden;
    return noisedInput(ids, hidden, asked, denoiser, attention);
  });
  const total = inputs.reduce((sum, { reads }) => sum + reads.length, 0);
  const divisor = (row: TrainingRow) =>
    loss === 'paper' ? total : rows.length * maskablePositions(row, recipe).length;
  const weights = rows.map((row, b) => share / ((times[b] as number) * divisor(row)));
  return layOut(inputs, weights, matrixOf(attention));
}

/** One micro-batch of the next-token loss: the mean cross-entropy of all learnt tokens but first ones, in nats. */
export function causalBatch(rows: readonly TrainingRow[], share: Fraction = 1): TrainingBatch {
  const inputs = rows.map(({ ids, learnt }) => {
    const reads: Read[] = [];
    for (let row = 0; row + 1 < ids.length; row++) {
      if (learnt[row + 1] === 1) reads.push({ row, target: ids[row + 1] as number });
    }
    return { ids, reads };
  });
  const total = inputs.reduce((sum, { reads }) => sum + reads.length, 0);
  const weights = rows.map(() => share / total);
  return layOut(inputs, weights, 'causal');
}

/** @param weights of the reads of each sequence */
function layOut(
  inputs: readonly { readonly ids: Int32Array; readonly reads: readonly Read[] }[],
  weights: readonly number[],
  attention: TrainingBatch['attention'],
): TrainingBatch {
  const length = inputs[0]?.ids.length ?? 0;
  const ids = new Int32Array(inputs.length * length);
  const reads: [row: number, target: number, weight: number][] = [];
  inputs.forEach((input, b) => {
    if (input.ids.length !== length) throw new RangeError('rows of a batch must have one length');
    ids.set(input.ids, b * length);
    for (const { row, target } of input.reads) reads.push([b * length + row, target, weights[b] as number]);
  });
  return {
    ids,
    sequences: inputs.length,
    length,
    attention,
    rows: Int32Array.from(reads, ([row]) => row),
    targets: Int32Array.from(reads, ([, target]) => target),
    weights: Float32Array.from(reads, ([, , weight]) => weight),
  };
}

function matrixOf(attention: AttentionPattern): TrainingBatch['attention'] {
  if (attention.kind === 'causal' || attention.kind === 'full') return attention.kind;
  if (attention.kind === 'matrix') return attention.open;
  throw new TypeError(`training knows no ${attention.kind}`);
}
