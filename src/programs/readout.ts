/**
 * Programs that end in numbers a score reads. Only the rows that are read leave the last attention, and
 * log-probabilities of targets are gathered on the engine: `[N, V]` logits never exist.
 */

import { type Attend, attendWithin, type HeadShape } from '../architectures/attend.ts';
import { gpt2 } from '../architectures/gpt2.ts';
import { type LlamaInput, llama } from '../architectures/llama.ts';
import { NET_INPUTS, type NetInput, READ_ROWS } from '../architectures/net-inputs.ts';
import type { Architecture } from '../checkpoints/checkpoint.ts';
import { linear, logSoftmax } from '../tensor/layers.ts';
import type { Ops, Program, TensorSpec } from '../tensor/ops.ts';

const READ = { ...READ_ROWS, targets: { dtype: 'int32', dims: ['R'] } } as const;

export type ReadoutInput = LlamaInput | keyof typeof READ;
export type LogprobOutput = 'logprobs' | 'best' | 'bestLogprobs';

/**
 * At each read row: the log-probability of its target token, the most likely token (lowest id on ties) and its
 * log-probability; nats, float32, `[R]` each.
 *
 * @param excluded a token that is never the most likely one: `best` and `bestLogprobs` are those of the distribution over all
 *   other tokens, which is what the canonical denoiser writes; `logprobs` are over all tokens as ever. null: none
 */
export function logprobProgram(
  net: Architecture,
  excluded: number | null = null,
): Program<ReadoutInput, LogprobOutput> {
  return {
    name: 'logprobs',
    inputs: inputsOf(net, READ),
    outputs: {
      logprobs: { dtype: 'float32', dims: ['R'] },
      best: { dtype: 'int32', dims: ['R'] },
      bestLogprobs: { dtype: 'float32', dims: ['R'] },
    },
    build: (ops, inputs) => {
      const logprobs = logSoftmax(ops, logitsAt(ops, net, inputs)); // [R, V]
      const best = excluded === null ? ops.argmax(logprobs) : bestBut(ops, logprobs, excluded, net.vocabularyRows); // [R]
      const bestLogprobs = ops.take(logprobs, best); // [R]
      return {
        logprobs: ops.take(logprobs, inputs.targets),
        best,
        bestLogprobs: excluded === null ? bestLogprobs : withoutShare(ops, bestLogprobs, logprobs, excluded),
      };
    },
  };
}

/** Far below every logit and log-probability, and finite: infinities would make NaN of a row in some kernels. */
export const NEVER = -1e30;

/** The most likely token of each row but one: `[R, V] → [R]`. */
function bestBut<T>(ops: Ops<T>, logprobs: T, excluded: number, V: number): T {
  const never = ops.stretch(ops.scalar(NEVER), ops.slice(logprobs, excluded, excluded + 1)); // [R, 1]
  return ops.argmax(ops.add(logprobs, ops.pad(never, excluded, V - excluded - 1)));
}

/** Log-probabilities of the best tokens once the excluded one has none: log p − log(1 − p(excluded)), `[R]`. */
function withoutShare<T>(ops: Ops<T>, bestLogprobs: T, logprobs: T, excluded: number): T {
  const best = ops.unflatten(bestLogprobs, 1); // [R, 1]
  const others = ops.sub(ops.scalar(1), ops.exp(ops.slice(logprobs, excluded, excluded + 1))); // [R, 1]
  // The other tokens have at least the share of the best of them, also where 1 − p is rounded to nothing.
  const share = ops.max(ops.concat(others, ops.exp(best))); // [R, 1]
  return ops.flatten(ops.sub(best, ops.log(share)));
}

/** Logits of the read rows, `[R, V]`: for inspection and tests, not for scoring. */
export function logitsProgram(net: Architecture): Program<LlamaInput, 'logits'> {
  return {
    name: 'logits',
    inputs: inputsOf(net, READ_ROWS),
    outputs: { logits: { dtype: 'float32', dims: ['R', net.vocabularyRows] } },
    build: (ops, inputs) => ({ logits: logitsAt(ops, net, inputs) }),
  };
}

/** How a net is read where nothing is said: tokens attend among themselves, at temperature 1. */
export interface LogitsOptions<T> {
  readonly attend?: Attend<T>;
  /** `[R, 1]`, divides the logits. Heads have no bias, so the C hidden values are divided, not the V logits. */
  readonly temperature?: T;
  /** `[V]`, added to the logits of every row, after the temperature. */
  readonly logitBias?: T;
}

/** Logits of the read rows, `[R, V]`. */
export function logitsAt<T>(
  ops: Ops<T>,
  net: Architecture,
  inputs: Readonly<Record<LlamaInput, T>>,
  { attend = attendWithin(ops, headShape(net), inputs.bias), temperature, logitBias }: LogitsOptions<T> = {},
): T {
  const read = net.kind === 'gpt2' ? gpt2(ops, net, inputs, attend) : llama(ops, net, inputs, attend); // [R, C]
  const hidden = temperature === undefined ? read : ops.div(read, temperature); // [R, C]
  const table = net.kind === 'gpt2' ? 'wte.weight' : 'embed_tokens.weight';
  const head = ops.weight(net.tiedHead ? table : 'lm_head.weight'); // [V, C]
  return linear(ops, hidden, head, logitBias ?? null, true); // [R, V]
}

export function headShape(net: Architecture): HeadShape {
  if (net.kind === 'llama') return net;
  return { heads: net.heads, keyValueHeads: net.heads, headWidth: net.width / net.heads };
}

/** A program lists only inputs that its net reads: rotary angles are LLaMA's. */
export function inputsOf<Extra extends string>(
  net: Architecture,
  extra: Readonly<Record<Extra, TensorSpec>>,
): Readonly<Record<LlamaInput | Extra, TensorSpec>> {
  const angles: Partial<Record<'cos' | 'sin', TensorSpec>> =
    net.kind === 'llama'
      ? {
          cos: { dtype: 'float32', dims: ['N', net.headWidth / 2] },
          sin: { dtype: 'float32', dims: ['N', net.headWidth / 2] },
        }
      : {};
  return { ...(NET_INPUTS as Record<NetInput, TensorSpec>), ...angles, ...extra } as Record<
    LlamaInput | Extra,
    TensorSpec
  >;
}
