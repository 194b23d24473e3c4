/** The architectures there are, and what a network's facts are worth: each question goes to the file of its kind. */
import { withoutEntry } from '../tensor/layers.ts';
import type { HostTensor, Ops, TensorSpec } from '../tensor/ops.ts';
import { a2dOf } from './a2d.ts';
import {
  type Architecture,
  type ArchitectureKind,
  type LaidOut,
  type Layout,
  type LogitsOptions,
  NET_INPUTS,
  type NetInput,
  type NoiseLevels,
  type OwnDiffusion,
  READ_ROWS,
  type Sizes,
  type TensorNames,
  type Weight,
} from './architecture.ts';
import { attendWithin } from './attend.ts';
import { bd3lm } from './bd3lm.ts';
import { dream } from './dream.ts';
import { fastDllm } from './fast-dllm.ts';
import { gptNeo } from './gpt-neo.ts';
import { gpt2 } from './gpt2.ts';
import { llada } from './llada.ts';
import { llama } from './llama.ts';
import { mdlm } from './mdlm.ts';
import { mistral } from './mistral.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { sdar } from './sdar.ts';
import { sedd } from './sedd.ts';

const KINDS: ArchitectureKind[] = [
  gptNeo, // before gpt2, whose pattern its names fit too
  gpt2,
  llama,
  mistral,
  qwen2,
  qwen3,
  sedd,
  mdlm,
  bd3lm,
  dream,
  llada,
  sdar,
  fastDllm,
  a2dOf(llama),
  a2dOf(qwen2),
  a2dOf(qwen3),
];

/** Of a network that is trained from nothing. */
export { type Gpt2Shape as NetShape, gpt2OfShape as netOfShape } from './gpt2.ts';

/** In the order in which tensor names are matched with them. */
export const architectureKinds = (): readonly ArchitectureKind[] => KINDS;

/**
 * Adds an architecture, for packages that bring their own.
 *
 * @throws RangeError when its name is taken
 */
export function registerArchitecture(added: ArchitectureKind): void {
  if (KINDS.some(({ kind }) => kind === added.kind)) throw new RangeError(`architecture ${added.kind} exists already`);
  KINDS.push(added);
}

/** @throws RangeError for a kind that is not registered */
export function kindOf({ kind }: Pick<Architecture, 'kind'>): ArchitectureKind {
  const found = KINDS.find((each) => each.kind === kind);
  if (found === undefined) throw new RangeError(`no architecture is called ${kind}`);
  return found;
}

/** Every weight of a net as stored, embedding first, in the order of the computation. */
export function weightsOf(sizes: Sizes, vocabularyRows: number, ownHead: boolean): readonly Weight[] {
  const { names, body } = kindOf(sizes);
  const table = { shape: [vocabularyRows, sizes.width], role: 'table' } as const;
  const head = ownHead ? [{ name: names.head, ...table }] : [];
  return [{ name: names.embedding, ...table }, ...body(sizes, vocabularyRows), ...head];
}

/** The shapes of `weightsOf`, by name. */
export function weightShapes(
  sizes: Sizes,
  vocabularyRows: number,
  ownHead: boolean,
): ReadonlyMap<string, readonly number[]> {
  return new Map(weightsOf(sizes, vocabularyRows, ownHead).map(({ name, shape }) => [name, shape]));
}

/** Names of two layouts exist: see `Layout`. */
const WRAPPED = 'denoise_model.';
/** The embedding in the wrapper; it stands before the network and outside it. */
export const WRAPPED_EMBEDDING = 'embed_tokens.weight';

/** What `torch.compile` and data parallelism put in front of every name, in any order. */
const WRAPPERS = /^(?:(?:_orig_mod|module)\.)+/;
export const bare = (published: string): string => published.replace(WRAPPERS, '');

/** Buffers of any network, wherever they stand: tables that are computed anew, and are no weights. */
const BUFFER = /(^|\.)(inv_freq|original_inv_freq|position_ids|(cos|sin)_cached)$/;
/** Heads that training with rewards leaves beside a language model, and that no probability depends on. */
export const OTHER_HEAD = /^(v_head|value_head|reward_head)\./;
/** Which layout a set of published names is in. */
export function layoutOf(names: Iterable<string>): Layout {
  for (const name of names) if (bare(name).startsWith(WRAPPED)) return 'wrapper';
  return 'plain';
}

/**
 * The net's name of a published tensor; null where the tensor is to be ignored: a buffer, a head of other use, or a `model.…`
 * duplicate that older wrapper checkpoints carry beside `denoise_model.…`. A name of neither layout comes back as it is, for the caller
 * to find that the net has no such weight.
 */
export function netName(asFiled: string, { prefix, embedding, buffer }: TensorNames, layout: Layout): string | null {
  const published = bare(asFiled);
  if (BUFFER.test(published) || OTHER_HEAD.test(published)) return null;
  if (layout === 'wrapper' && published.startsWith('model.')) return null;
  if (layout === 'wrapper' && published === WRAPPED_EMBEDDING) return embedding;
  const front = layout === 'wrapper' ? WRAPPED : prefix;
  const name = published.startsWith(front) ? published.slice(front.length) : published;
  return buffer.test(name) ? null : name;
}

/** The name under which a layout publishes a net's weight: the inverse of `netName`. */
export function publishedName(
  name: string,
  { prefix, prefixedHead, embedding, head }: TensorNames,
  layout: Layout,
): string {
  if (name === head && prefixedHead !== true) return name;
  if (layout === 'plain') return `${prefix}${name}`;
  return name === embedding ? WRAPPED_EMBEDDING : `${WRAPPED}${name}`;
}

/** The inputs of a program that reads rows of a net: what every net reads, what this one reads besides, and `extra`. */
export function inputsOf<Extra extends string = never>(
  net: Architecture,
  extra: Readonly<Record<Extra, TensorSpec>> = {} as Record<Extra, TensorSpec>,
  withPast = false,
): Readonly<Record<NetInput | Extra, TensorSpec>> {
  return { ...NET_INPUTS, ...READ_ROWS, ...kindOf(net).inputs(net, withPast), ...extra };
}

/** A batch with the values of those inputs that only this net reads. */
export const feedsOf = <Batch extends LaidOut>(
  net: Architecture,
  batch: Batch,
  noise?: NoiseLevels,
): Batch & Record<never, HostTensor> => ({ ...batch, ...kindOf(net).feeds(net, batch, noise) });

/** The diffusion that a net was made for; null for nets that are adapted. */
export const ownDiffusion = (net: Architecture): OwnDiffusion | null => kindOf(net).diffusion?.(net) ?? null;

/** Logits of the read rows, `[R, V]`. Where nothing is said, tokens attend among themselves, at temperature 1. */
export function logitsAt<T>(
  ops: Ops<T>,
  net: Architecture,
  inputs: Readonly<Record<NetInput, T>>,
  options: Partial<LogitsOptions<T>> = {},
): T {
  const kind = kindOf(net);
  const attend = options.attend ?? attendWithin(ops, kind.heads(net), inputs.bias);
  return kind.logits(ops, net, inputs, { temperature: null, logitBias: null, ...options, attend });
}

/**
 * Logits of what the read rows may predict, `[R, V]`. A net that was made for a diffusion of its own predicts every token but
 * its mask, whose row is put out of reach, as its published code does.
 */
export function predictionsAt<T>(
  ops: Ops<T>,
  net: Architecture,
  inputs: Readonly<Record<NetInput, T>>,
  options: Partial<LogitsOptions<T>> = {},
): T {
  const logits = logitsAt(ops, net, inputs, options); // [R, V]
  const mask = ownDiffusion(net)?.maskId ?? null;
  return mask === null ? logits : withoutEntry(ops, logits, mask, net.vocabularyRows);
}
