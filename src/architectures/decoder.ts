/**
 * The decoder that LLaMA made common: rotary positions, RMSNorm, SwiGLU, grouped-query attention; with or without biases of
 * its attention and norms of its heads. The facts of a net say which. Linears are stored output-by-input. Not here: who
 * attends to what (`attend.ts`), what each class calls its weights.
 *
 * @source Touvron et al. 2023 (arXiv 2302.13971, 2307.09288); half-split rotary order of Hugging Face's `LlamaModel`
 */
import { linear, rmsNorm, silu, vocabularyLogits } from '../tensor/layers.ts';
import type { Ops } from '../tensor/ops.ts';
import type { Architecture, ArchitectureKind, LogitsOptions, NetInput, Sizes, Weight } from './architecture.ts';
import { type Angle, rotaryFeeds, rotaryInputs, rotate } from './rotary.ts';
import { type Rotary, scaledFrequency } from './rotary-scaling.ts';

export interface DecoderArchitecture extends Architecture, Rotary {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly rmsNormEpsilon: number;
  /** Projections of attention that have a bias; absent: none. */
  readonly attentionBias?: 'qkv' | 'qkvo';
  /** Queries and keys are normalised head by head before they turn, with one gain for all heads. Absent: they are not. */
  readonly headNorms?: true;
}

/** What a class calls the weights of a layer, without `.weight` and `.bias`. */
export type LayerNames = Readonly<
  Record<'attentionNorm' | 'q' | 'k' | 'v' | 'o' | 'qNorm' | 'kNorm' | 'mlpNorm' | 'gate' | 'up' | 'down', string>
>;

export interface DecoderNames {
  /** Names of the two tables. */
  readonly embedding: string;
  readonly head: string;
  /** Of the last norm, without `.weight`. */
  readonly norm: string;
  layer(index: number): LayerNames;
}

type Computation = Pick<
  ArchitectureKind<DecoderArchitecture, Angle>,
  'linears' | 'body' | 'heads' | 'inputs' | 'feeds' | 'logits'
>;

/** All of an architecture that is computed, under the names of a class. */
export const decoder = (names: DecoderNames): Computation => ({
  linears: 'out-in',
  body: (sizes) => [
    ...Array.from({ length: sizes.layers }, (_, layer) => layerWeights(names.layer(layer), sizes)).flat(),
    gain(names.norm, sizes.width),
  ],
  heads: ({ heads, keyValueHeads, headWidth }) => ({ heads, keyValueHeads, headWidth }),
  inputs: ({ headWidth }) => rotaryInputs(headWidth),
  feeds: (net, { positions }) => rotaryFeeds(positions, net.headWidth, net.ropeBase, scaledFrequency(net)),
  logits: (ops, net, inputs, options) => logits(ops, net, names, inputs, options),
});

const gain = (name: string, width: number): Weight => ({ name: `${name}.weight`, shape: [width], role: 'gain' });

function layerWeights(names: LayerNames, sizes: Sizes<DecoderArchitecture>): readonly Weight[] {
  const { width, heads, keyValueHeads, headWidth, innerWidth, attentionBias: biased, headNorms } = sizes;
  const matrix = (name: string, to: number, from: number, role: Weight['role'] = 'linear'): Weight => {
    return { name: `${name}.weight`, shape: [to, from], role };
  };
  const projection = (name: string, to: number): readonly Weight[] => [
    matrix(name, to, width),
    ...(biased === undefined ? [] : [bias(name, to)]),
  ];
  return [
    gain(names.attentionNorm, width),
    ...projection(names.q, heads * headWidth),
    ...projection(names.k, keyValueHeads * headWidth),
    ...projection(names.v, keyValueHeads * headWidth),
    ...(headNorms ? [gain(names.qNorm, headWidth), gain(names.kNorm, headWidth)] : []),
    matrix(names.o, width, heads * headWidth, 'residual'),
    ...(biased === 'qkvo' ? [bias(names.o, width)] : []),
    gain(names.mlpNorm, width),
    matrix(names.gate, innerWidth, width),
    matrix(names.up, innerWidth, width),
    matrix(names.down, width, innerWidth, 'residual'),
  ];
}

const bias = (name: string, to: number): Weight => ({ name: `${name}.bias`, shape: [to], role: 'bias' });

function logits<T>(
  ops: Ops<T>,
  net: DecoderArchitecture,
  names: DecoderNames,
  inputs: Readonly<Record<NetInput | Angle, T>>,
  { attend, temperature, logitBias }: LogitsOptions<T>,
): T {
  const { norm, dense, heads } = layersOf(ops, net, inputs);
  const { attentionBias: biased } = net;
  const slotted = (x: T): T => ops.gather(x, inputs.slots); // [B, L, …]

  let x = ops.gather(ops.weight(names.embedding), inputs.ids); // [N, C]
  for (let layer = 0; layer < net.layers; layer++) {
    const of = names.layer(layer);
    const normed = norm(x, of.attentionNorm);
    const q = heads(dense(normed, of.q, biased !== undefined), net.heads, of.qNorm); // [N, H·D]
    const k = heads(dense(normed, of.k, biased !== undefined), net.keyValueHeads, of.kNorm); // [N, G·D]
    const v = dense(normed, of.v, biased !== undefined); // [N, G·D]
    const mixed = attend(layer, slotted(q), slotted(k), slotted(v)); // [B, L, H·D]
    let attended = ops.gather(ops.flatten(mixed), inputs.homes); // [N, H·D]
    if (layer === net.layers - 1) {
      // Nothing after the last attention mixes positions: from here on only read rows matter.
      attended = ops.gather(attended, inputs.rows); // [R, H·D]
      x = ops.gather(x, inputs.rows); // [R, C]
    }
    x = ops.add(x, dense(attended, of.o, biased === 'qkvo'));
    const second = norm(x, of.mlpNorm);
    const gated = ops.mul(silu(ops, dense(second, of.gate, false)), dense(second, of.up, false));
    x = ops.add(x, dense(gated, of.down, false)); // [N, C]
  }
  const head = ops.weight(net.tiedHead ? names.embedding : names.head); // [V, C]
  return vocabularyLogits(ops, norm(x, names.norm), head, temperature, logitBias); // [R, V]
}

/** What a layer is made of, by the names of its weights. */
function layersOf<T>(ops: Ops<T>, net: DecoderArchitecture, angles: Readonly<Record<Angle, T>>) {
  const { width, headWidth, rmsNormEpsilon: epsilon } = net;
  const gained = (x: T, name: string, over: number): T => rmsNorm(ops, x, ops.weight(`${name}.weight`), over, epsilon);
  return {
    norm: (x: T, name: string): T => gained(x, name, width),
    dense: (x: T, name: string, biased: boolean): T =>
      linear(ops, x, ops.weight(`${name}.weight`), biased ? ops.weight(`${name}.bias`) : null, true),
    /** Queries or keys, `[N, count·D]`, normalised where the net does, and turned by their positions. */
    heads: (x: T, count: number, normName: string): T => {
      const split = ops.splitLast(x, count); // [N, count, D]
      const normed = net.headNorms ? gained(split, normName, headWidth) : split;
      return ops.mergeLast(rotate(ops, normed, angles, headWidth));
    },
  };
}
