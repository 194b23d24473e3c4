/**
 * Programs for some tokens of sequences whose other tokens were computed before, and kept: the same net, read for fewer tokens. Keys
 * and values of the new ones are put out too, to be kept.
 */
import type { Architecture, Attend, NetInput } from '../architectures/architecture.ts';
import {
  attendAmongKept,
  attendWithin,
  type KeptInput,
  keptInputs,
  type PresentTensor,
  presentOutputs,
} from '../architectures/attend.ts';
import { inputsOf, kindOf, logitsAt, weightShapes } from '../architectures/index.ts';
import type { Ops, Program, TensorSpec } from '../tensor/ops.ts';
import { checkShapes } from '../tensor/shapes.ts';
import type { AttendBy, ProposalInput, ProposalProgram } from './proposals.ts';

export type AmongKeptInput = ProposalInput | KeptInput;

export function amongKept<Out extends string>(
  net: Architecture,
  programOf: ProposalProgram<Out>,
): Program<AmongKeptInput, Out | PresentTensor> {
  type Of<Each> = Readonly<Record<Out | PresentTensor, Each>>;
  const shape = kindOf(net).heads(net);
  const { name, inputs, outputs } = programOf(net);
  return {
    name: `${name} among kept tokens`,
    inputs: { ...inputs, ...keptInputs(net.layers, shape) },
    outputs: { ...outputs, ...presentOutputs(net.layers, shape) } as Of<TensorSpec>,
    build: <T>(ops: Ops<T>, given: Readonly<Record<AmongKeptInput, T>>) => {
      const present: Record<PresentTensor, T> = {};
      const attend = attendAmongKept(ops, shape, given, present);
      // Asked for the tensors of `ops` alone.
      const read = programOf(net, (() => attend) as unknown as AttendBy);
      return { ...read.build(ops, given), ...present } as Of<T>;
    },
  };
}

/** Whether all layers of a net see the same tokens; only then are keys and values kept. */
export function layersSeeAlike(net: Architecture): boolean {
  const shape = kindOf(net).heads(net);
  let alike = true;
  const build = <T>(ops: Ops<T>, inputs: Readonly<Record<NetInput, T>>) => {
    const within = attendWithin(ops, shape, inputs.bias);
    const attend: Attend<T> = (layer, q, k, v, own) => {
      alike &&= own === undefined;
      return within(layer, q, k, v, own);
    };
    return { logits: logitsAt(ops, net, inputs, { attend }) };
  };
  const outputs = { logits: { dtype: 'float32', dims: ['R', net.vocabularyRows] } } as const;
  const weights = weightShapes(net, net.vocabularyRows, !net.tiedHead);
  checkShapes({ name: 'who sees whom', inputs: inputsOf(net), outputs, build }, weights, { N: 1, B: 1, L: 1, R: 1 });
  return alike;
}
