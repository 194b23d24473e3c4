/** The program that reads what comes next: after a past, a step computes only the new tokens. */
import type { Architecture, NetInput } from '../architectures/architecture.ts';
import {
  attendToPast,
  type PastTensor,
  type PresentTensor,
  pastInputs,
  presentOutputs,
} from '../architectures/attend.ts';
import { inputsOf, kindOf, logitsAt } from '../architectures/index.ts';
import { logSoftmax } from '../tensor/layers.ts';
import type { Ops, Program } from '../tensor/ops.ts';

export type NextTokenOutput = 'best' | 'bestLogprobs' | 'logits';
export type PastInput = NetInput | PastTensor | 'pastBias';

/**
 * At each read row: the most likely next token (lowest id on ties), its log-probability in nats, and all logits; for prompts (an
 * empty past) and for single tokens alike. Also puts out the new tokens' keys and values, to be added to the past.
 */
export function pastProgram(net: Architecture): Program<PastInput, NextTokenOutput | PresentTensor> {
  const shape = kindOf(net).heads(net);
  return {
    name: 'next token after a past',
    inputs: inputsOf(net, pastInputs(net.layers, shape), true),
    outputs: {
      best: { dtype: 'int32', dims: ['R'] },
      bestLogprobs: { dtype: 'float32', dims: ['R'] },
      logits: { dtype: 'float32', dims: ['R', net.vocabularyRows] },
      ...presentOutputs(net.layers, shape),
    },
    build: <T>(ops: Ops<T>, inputs: Readonly<Record<PastInput, T>>) => {
      const present: Record<PresentTensor, T> = {};
      const logits = logitsAt(ops, net, inputs, { attend: attendToPast(ops, shape, inputs.bias, inputs, present) }); // [R, V]
      const logprobs = logSoftmax(ops, logits); // [R, V]
      const best = ops.argmax(logprobs); // [R]
      return { ...present, best, bestLogprobs: ops.take(logprobs, best), logits };
    },
  };
}
