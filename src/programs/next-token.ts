/**
 * Programs that read what comes next. With a past, a step computes only the new tokens; without one, whole sequences are
 * read again. Both are the same net.
 */
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
import type { Ops, Program, TensorSpec } from '../tensor/ops.ts';

export type NextTokenOutput = 'best' | 'bestLogprobs' | 'logits';
export type PastInput = NetInput | PastTensor | 'pastBias';

/** At each read row: the most likely next token (lowest id on ties), its log-probability in nats, and all logits. */
export function nextTokenProgram(net: Architecture): Program<NetInput, NextTokenOutput> {
  return {
    name: 'next token',
    inputs: inputsOf(net),
    outputs: readings(net),
    build: (ops, inputs) => read(ops, logitsAt(ops, net, inputs)),
  };
}

/**
 * The same after a past, for prompts (an empty past) and for single tokens alike. Also puts out the new tokens' keys and
 * values, to be added to the past.
 */
export function pastProgram(net: Architecture): Program<PastInput, NextTokenOutput | PresentTensor> {
  const shape = kindOf(net).heads(net);
  return {
    name: 'next token after a past',
    inputs: inputsOf(net, pastInputs(net.layers, shape), true),
    outputs: { ...readings(net), ...presentOutputs(net.layers, shape) },
    build: <T>(ops: Ops<T>, inputs: Readonly<Record<PastInput, T>>) => {
      const present: Record<PresentTensor, T> = {};
      const logits = logitsAt(ops, net, inputs, { attend: attendToPast(ops, shape, inputs.bias, inputs, present) }); // [R, V]
      return { ...present, ...read(ops, logits) };
    },
  };
}

function readings(net: Architecture): Readonly<Record<NextTokenOutput, TensorSpec>> {
  return {
    best: { dtype: 'int32', dims: ['R'] },
    bestLogprobs: { dtype: 'float32', dims: ['R'] },
    logits: { dtype: 'float32', dims: ['R', net.vocabularyRows] },
  };
}

function read<T>(ops: Ops<T>, logits: T): Readonly<Record<NextTokenOutput, T>> {
  const logprobs = logSoftmax(ops, logits); // [R, V]
  const best = ops.argmax(logprobs); // [R]
  return { best, bestLogprobs: ops.take(logprobs, best), logits };
}
