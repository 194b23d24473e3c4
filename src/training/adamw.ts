/**
 * AdamW with decoupled weight decay, after clipping by the global norm, over a flat vector of parameters.
 *
 * @source Loshchilov & Hutter 2019 (arXiv 1711.05101), algorithm 2; clipping as `torch.nn.utils.clip_grad_norm_`
 */
import type { HostTensor, Ops, Program } from '../tensor/ops.ts';
import type { OptimizerSettings } from './trainable.ts';

const VECTOR = { dtype: 'float32', dims: ['n'] } as const;
const NUMBER = { dtype: 'float32', dims: [] } as const;

export type AdamWState = 'parameter' | 'first' | 'second';
export type AdamWNumber = 'scale' | 'rate' | 'keep' | 'correction';
export type AdamWInput = AdamWState | 'gradient' | AdamWNumber;

/**
 * The update of one piece of the parameters. Every output may be written over the input of its name: each entry depends
 * on the entries at its own place only.
 */
export function adamWProgram({ betas: [beta1, beta2], epsilon }: OptimizerSettings): Program<AdamWInput, AdamWState> {
  return {
    name: 'AdamW',
    inputs: {
      parameter: VECTOR,
      first: VECTOR,
      second: VECTOR,
      gradient: VECTOR,
      /** Of clipping; multiplies the gradient. */
      scale: NUMBER,
      /** Learning rate over (1 − β1^t). */
      rate: NUMBER,
      /** 1 − learning rate · weight decay. */
      keep: NUMBER,
      /** 1 / (1 − β2^t). */
      correction: NUMBER,
    },
    outputs: { parameter: VECTOR, first: VECTOR, second: VECTOR },
    build: <T>(ops: Ops<T>, inputs: Readonly<Record<AdamWInput, T>>) => {
      const gradient = ops.mul(inputs.gradient, inputs.scale);
      const blend = (old: T, fresh: T, beta: number): T =>
        ops.add(ops.mul(old, ops.scalar(beta)), ops.mul(fresh, ops.scalar(1 - beta)));
      const first = blend(inputs.first, gradient, beta1);
      const second = blend(inputs.second, ops.mul(gradient, gradient), beta2);
      const spread = ops.add(ops.sqrt(ops.mul(second, inputs.correction)), ops.scalar(epsilon));
      const update = ops.div(ops.mul(first, inputs.rate), spread);
      return { parameter: ops.sub(ops.mul(inputs.parameter, inputs.keep), update), first, second };
    },
  };
}

/**
 * The numbers of a step.
 *
 * @param step  counted from 1
 * @param norm  global norm of the gradients
 * @param decay weight decay of the piece; 0 for biases and gains
 */
export function adamWNumbers(
  { betas: [beta1, beta2], clip }: OptimizerSettings,
  step: number,
  learningRate: number,
  norm: number,
  decay: number,
): Readonly<Record<AdamWNumber, HostTensor>> {
  const number = (value: number): HostTensor => ({ dims: [], data: Float32Array.of(value) });
  return {
    scale: number(clip === null ? 1 : Math.min(1, clip / (norm + 1e-6))),
    rate: number(learningRate / (1 - beta1 ** step)),
    keep: number(1 - learningRate * decay),
    correction: number(1 / (1 - beta2 ** step)),
  };
}
