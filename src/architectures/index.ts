/** The architectures there are, and what a network's facts are worth: each question goes to the file of its kind. */
import { withoutEntry } from '../tensor/layers.ts';
import type { HostTensor, Ops, TensorSpec } from '../tensor/ops.ts';
import { a2dOf } from './a2d.ts';
import {
  type Architecture,
  type ArchitectureKind,
  type LaidOut,
  type LogitsOptions,
  NET_INPUTS,
  type NetInput,
  type NoiseLevels,
  type OwnDiffusion,
  READ_ROWS,
  type Sizes,
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

/** The inputs of a program that reads rows of a net: what every net reads, what this one reads besides, and `extra`. */
export function inputsOf<Extra extends string = never>(
  net: Architecture,
  extra: Readonly<Record<Extra, TensorSpec>> = {} as Record<Extra, TensorSpec>,
  withPast = false,
): Readonly<Record<NetInput | Extra, TensorSpec>> {
  return { ...NET_INPUTS, ...READ_ROWS, ...kindOf(net).inputs(net, withPast), ...extra };
}

/** A batch with the values of those inputs that only this net reads. */
export function feedsOf<Batch extends LaidOut>(
  net: Architecture,
  batch: Batch,
  noise?: NoiseLevels,
): Batch & Record<never, HostTensor> {
  return { ...batch, ...kindOf(net).feeds(net, batch, noise) };
}

/** The diffusion that a net was made for; null for nets that are adapted. */
export function ownDiffusion(net: Architecture): OwnDiffusion | null {
  return kindOf(net).diffusion?.(net) ?? null;
}

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
