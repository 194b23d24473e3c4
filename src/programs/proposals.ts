/**
 * Programs that end in proposals for tokens. The most likely token and its log-probability are found on the engine; a token
 * that is drawn needs the whole distribution, and then only of the rows that are read.
 */

import type { Architecture, Attend, NetInput } from '../architectures/architecture.ts';
import { inputsOf, predictionsAt } from '../architectures/index.ts';
import { logSoftmax } from '../tensor/layers.ts';
import type { Ops, Program, TensorSpec } from '../tensor/ops.ts';
import { entropies, margins } from './certainties.ts';

export type ProposalInput = NetInput | 'temperature' | 'logitBias';

/** How the tokens of a program attend; absent: among themselves. */
export type AttendBy = <T>(ops: Ops<T>) => Attend<T>;

/** A program that ends in proposals, under a way of attending. */
export type ProposalProgram<Out extends string> = (
  net: Architecture,
  attendBy?: AttendBy,
) => Program<ProposalInput, Out>;

/** At each read row: the most likely token (lowest id on ties) and its log-probability in nats, `[R]` each. */
export function proposalsProgram(
  net: Architecture,
  attendBy?: AttendBy,
): Program<ProposalInput, 'best' | 'bestLogprobs'> {
  return {
    name: 'proposals',
    inputs: proposalInputs(net),
    outputs: { best: { dtype: 'int32', dims: ['R'] }, bestLogprobs: { dtype: 'float32', dims: ['R'] } },
    build: (ops, inputs) => {
      const logprobs = distribution(ops, net, inputs, attendBy); // [R, V]
      const best = ops.argmax(logprobs); // [R]
      return { best, bestLogprobs: ops.take(logprobs, best) };
    },
  };
}

const EACH_ROW = { dtype: 'float32', dims: ['R'] } as const;

/** The same, with what positions are ranked by where that is not the likeliest token: `certainties` after temperature and bias. */
export function sureProposalsProgram(
  net: Architecture,
  attendBy?: AttendBy,
): Program<ProposalInput, 'best' | 'bestLogprobs' | 'entropies' | 'margins'> {
  const { inputs, outputs } = proposalsProgram(net);
  return {
    name: 'sure proposals',
    inputs,
    outputs: { ...outputs, entropies: EACH_ROW, margins: EACH_ROW },
    build: (ops, given) => {
      const logprobs = distribution(ops, net, given, attendBy); // [R, V]
      const best = ops.argmax(logprobs); // [R]
      const sure = { entropies: entropies(ops, logprobs), margins: margins(ops, logprobs) };
      return { best, bestLogprobs: ops.take(logprobs, best), ...sure };
    },
  };
}

/** At each read row: log-probabilities of all tokens in nats, `[R, V]`. */
export function distributionProgram(net: Architecture, attendBy?: AttendBy): Program<ProposalInput, 'logprobs'> {
  return {
    name: 'distribution',
    inputs: proposalInputs(net),
    outputs: { logprobs: { dtype: 'float32', dims: ['R', net.vocabularyRows] } },
    build: (ops, inputs) => ({ logprobs: distribution(ops, net, inputs, attendBy) }),
  };
}

/** The same of a network whose outputs are scores, with the logarithm of what they sum to at temperature 1, `[R]`. */
export function scoreDistributionProgram(
  net: Architecture,
  attendBy?: AttendBy,
): Program<ProposalInput, 'logprobs' | 'logTotals'> {
  const { name, inputs, outputs } = distributionProgram(net);
  return {
    name: `${name} of scores`,
    inputs,
    outputs: { ...outputs, logTotals: { dtype: 'float32', dims: ['R'] } },
    build: (ops, { temperature, logitBias, ...given }) => {
      const logits = predictionsAt(ops, net, given, attendBy === undefined ? {} : { attend: attendBy(ops) }); // [R, V]
      const best = ops.argmax(logits); // [R]
      const logTotals = ops.sub(ops.take(logits, best), ops.take(logSoftmax(ops, logits), best));
      return { logprobs: logSoftmax(ops, ops.add(ops.div(logits, temperature), logitBias)), logTotals };
    },
  };
}

/** The logits of a row are divided by its temperature; `logitBias`, the same for all rows, is added after that. */
function proposalInputs(net: Architecture): Readonly<Record<ProposalInput, TensorSpec>> {
  return inputsOf(net, {
    temperature: { dtype: 'float32', dims: ['R', 1] },
    logitBias: { dtype: 'float32', dims: [net.vocabularyRows] },
  });
}

function distribution<T>(
  ops: Ops<T>,
  net: Architecture,
  inputs: Readonly<Record<ProposalInput, T>>,
  attendBy?: AttendBy,
): T {
  const { temperature, logitBias } = inputs;
  const attending = attendBy === undefined ? {} : { attend: attendBy(ops) };
  return logSoftmax(ops, predictionsAt(ops, net, inputs, { temperature, logitBias, ...attending }));
}
