/**
 * What the training loop asks of whatever computes gradients. The recipe (noise, masks, shift, 1/t weights, divisor) is
 * folded into `TrainingBatch` by the loop; a trainable model knows only weighted cross-entropies.
 */
import type { HostTensor } from '../tensor/ops.ts';

/** B sequences of L tokens, laid end to end. */
export interface TrainingBatch {
  /** Input ids `[B·L]`, noised already. */
  readonly ids: Int32Array;
  readonly sequences: number;
  readonly length: number;
  /** Which attention entries are open: `[L, L]`, 1 = open, shared by all sequences, heads and layers of the batch. */
  readonly attention: 'causal' | 'full' | Uint8Array;
  /** Rows of the flat output, in 0 … B·L − 1, whose logits are read; any number, none twice for the same target. */
  readonly rows: Int32Array;
  /** The token that each row should give. */
  readonly targets: Int32Array;
  /** Weight of each row's cross-entropy (1/t and divisor included): loss = Σ weights · CE, in nats. */
  readonly weights: Float32Array;
}

/** AdamW with decoupled weight decay on matrices (never on biases, gains; Loshchilov & Hutter 2019), after clipping by global norm. */
export interface OptimizerSettings {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest global gradient norm; null = no clipping. */
  readonly clip: number | null;
}

export interface StepResult {
  readonly loss: number;
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number;
}

/** Everything that makes the next step what it is, by the net's names of weights. */
export interface TrainingState {
  /** Steps taken. */
  readonly steps: number;
  readonly parameters: ReadonlyMap<string, HostTensor>;
  /** AdamW's running means of the gradient and of its square; empty before the first step. */
  readonly firstMoments: ReadonlyMap<string, HostTensor>;
  readonly secondMoments: ReadonlyMap<string, HostTensor>;
}

export interface Trainable {
  /** One optimizer step on the sum of the gradients of the batches (accumulation). Not applied when the loss is not finite. */
  step(batches: readonly TrainingBatch[], learningRate: number): Promise<StepResult>;
  /** Cross-entropy of each row, in nats, `[R]`; nothing changes. */
  crossEntropies(batch: TrainingBatch): Promise<Float32Array>;
  state(): Promise<TrainingState>;
  restore(state: TrainingState): Promise<void>;
  dispose(): Promise<void>;
}
