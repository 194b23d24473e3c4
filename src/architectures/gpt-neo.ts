/**
 * GPT-Neo: GPT-2's blocks with separate projections without biases, scores that are not divided by √D, and layers that see a
 * window of tokens only. Linears are stored output-by-input.
 *
 * @source Black et al. 2021 (GPT-Neo); huggingface/transformers v4.44.2, configuration_gpt_neo.py, modeling_gpt_neo.py: a local layer
 *   sees the `window_size` last tokens, the query among them
 */
import { z } from 'zod';
import { geluTanh, layerNorm, linear, vocabularyLogits } from '../tensor/layers.ts';
import type { HostTensor, Ops, TensorSpec } from '../tensor/ops.ts';
import type {
  Architecture,
  ArchitectureKind,
  Configuration,
  LaidOut,
  LogitsOptions,
  NetInput,
  Weight,
} from './architecture.ts';
import { CLOSED } from './attention-bias.ts';
import { count, layerCount, positive, requireMultiple, unsupported } from './config/config-rules.ts';

export interface GptNeoArchitecture extends Architecture {
  readonly kind: 'gpt_neo';
  readonly heads: number;
  readonly layerNormEpsilon: number;
  /** Tokens that local layers see. */
  readonly window: number;
  /** Ascending. */
  readonly localLayers: readonly number[];
}

const layerKinds = z.array(z.string());
const configSchema = z.object({
  num_layers: layerCount,
  hidden_size: count,
  num_heads: count,
  max_position_embeddings: count.default(2048),
  intermediate_size: count.nullish(),
  window_size: count.default(256),
  layer_norm_epsilon: positive.default(1e-5),
  tie_word_embeddings: z.boolean().default(true),
  /** The kind of each layer; newer files have this. */
  attention_layers: layerKinds.nullish(),
  /** Kinds and how often they are repeated. */
  attention_types: z.array(z.tuple([layerKinds, count])).nullish(),
});
type Config = z.infer<typeof configSchema>;

type LocalInput = 'localBias' | 'localPastBias';

export const gptNeo: ArchitectureKind<GptNeoArchitecture, LocalInput, Config> = {
  kind: 'gpt_neo',
  causal: true,
  names: {
    embedding: 'wte.weight',
    head: 'lm_head.weight',
    prefix: 'transformer.',
    pattern: /^h\.\d+\.attn\.attention\./,
    buffer: /^h\.\d+\.attn\.attention\.(bias|masked_bias)$/,
  },
  linears: 'out-in',
  published: { temperature: 1, confidenceTemperature: 1, cleansUp: true },
  configSchema,
  configFields: {
    aliases: { num_attention_heads: 'num_heads', num_hidden_layers: 'num_layers' },
    only: { activation_function: ['gelu_new', 'gelu_pytorch_tanh'] },
    ignored: ['classifier_dropout'],
  },
  configuration,
  configJson: (net) => ({
    architectures: ['GPTNeoForCausalLM'],
    model_type: 'gpt_neo',
    activation_function: 'gelu_new',
    attention_layers: layersOf(net),
    attention_types: layersOf(net).map((kind) => [[kind], 1]),
    hidden_size: net.width,
    intermediate_size: net.innerWidth,
    layer_norm_epsilon: net.layerNormEpsilon,
    max_position_embeddings: net.contextLength,
    num_heads: net.heads,
    num_layers: net.layers,
    tie_word_embeddings: net.tiedHead,
    vocab_size: net.vocabularyRows,
    window_size: net.window,
  }),
  body: ({ layers, width, innerWidth, contextLength }) => [
    { name: 'wpe.weight', shape: [contextLength, width], role: 'table' },
    ...Array.from({ length: layers }, (_, layer) => block(`h.${layer}`, width, innerWidth)).flat(),
    ...norm('ln_f', width),
  ],
  heads: ({ heads, width }) => ({ heads, keyValueHeads: heads, headWidth: width / heads }),
  inputs: (_, withPast) => {
    const inputs: Record<string, TensorSpec> = withPast ? { ...LOCAL, ...LOCAL_PAST } : LOCAL;
    return inputs as Record<LocalInput, TensorSpec>;
  },
  feeds: ({ window }, batch) => localBiases(window, batch) as Record<LocalInput, HostTensor>,
  logits,
};

/** 0 where a slot may attend to another in a local layer, `CLOSED` where not. */
const LOCAL = { localBias: { dtype: 'float32', dims: ['B', 1, 'L', 'L'] } } as const;
const LOCAL_PAST = { localPastBias: { dtype: 'float32', dims: ['B', 1, 'L', 'P'] } } as const;

const layersOf = ({ layers, localLayers }: GptNeoArchitecture): readonly string[] =>
  Array.from({ length: layers }, (_, layer) => (localLayers.includes(layer) ? 'local' : 'global'));

function configuration(config: Config, file: string): Configuration<GptNeoArchitecture> {
  requireMultiple(file, 'hidden_size', config.hidden_size, 'num_heads', config.num_heads);
  const kinds = kindsOf(config);
  const other = kinds.find((kind) => kind !== 'global' && kind !== 'local');
  if (other !== undefined) throw unsupported(file, `attention ${JSON.stringify(other)}; expected "global" or "local"`);
  if (kinds.length !== config.num_layers) {
    throw unsupported(file, `attention of ${kinds.length} layers; expected that of num_layers ${config.num_layers}`);
  }
  return {
    kind: 'gpt_neo',
    layers: config.num_layers,
    width: config.hidden_size,
    heads: config.num_heads,
    innerWidth: config.intermediate_size ?? 4 * config.hidden_size,
    contextLength: config.max_position_embeddings,
    layerNormEpsilon: config.layer_norm_epsilon,
    window: config.window_size,
    localLayers: kinds.flatMap((kind, layer) => (kind === 'local' ? [layer] : [])),
    tieWordEmbeddings: config.tie_word_embeddings,
  };
}

/** Where neither field is there, as the class has it: global and local layers in turn. */
function kindsOf({ attention_layers, attention_types, num_layers: layers }: Config): readonly string[] {
  if (attention_layers != null) return attention_layers;
  if (attention_types == null)
    return Array.from({ length: layers }, (_, layer) => (layer % 2 === 0 ? 'global' : 'local'));
  return attention_types.flatMap(([kinds, times]) => Array.from({ length: times }, () => kinds).flat());
}

function block(h: string, width: number, innerWidth: number): readonly Weight[] {
  const matrix = (name: string, to: number, from: number, role: Weight['role'] = 'linear'): Weight => {
    return { name: `${h}.${name}.weight`, shape: [to, from], role };
  };
  const bias = (name: string, to: number): Weight => ({ name: `${h}.${name}.bias`, shape: [to], role: 'bias' });
  return [
    ...norm(`${h}.ln_1`, width),
    matrix('attn.attention.q_proj', width, width),
    matrix('attn.attention.k_proj', width, width),
    matrix('attn.attention.v_proj', width, width),
    matrix('attn.attention.out_proj', width, width, 'residual'),
    bias('attn.attention.out_proj', width),
    ...norm(`${h}.ln_2`, width),
    matrix('mlp.c_fc', innerWidth, width),
    bias('mlp.c_fc', innerWidth),
    matrix('mlp.c_proj', width, innerWidth, 'residual'),
    bias('mlp.c_proj', width),
  ];
}

const norm = (name: string, width: number): readonly Weight[] => [
  { name: `${name}.weight`, shape: [width], role: 'gain' },
  { name: `${name}.bias`, shape: [width], role: 'bias' },
];

/** The biases of the program, closed too where a key stands `window` tokens or more before the query. */
function localBiases(window: number, { positions, slots, bias, pastBias }: LaidOut): Record<string, HostTensor> {
  const [sequences = 0, length = 0] = slots.dims;
  const positionAt = (b: number, slot: number) => positions.data[slots.data[b * length + slot] as number] as number;
  const own = Float32Array.from(bias.data, (open, entry) => {
    const [b, query, key] = [Math.floor(entry / length ** 2), Math.floor(entry / length) % length, entry % length];
    return positionAt(b, query) - positionAt(b, key) < window ? open : CLOSED;
  });
  const local = { localBias: { dims: bias.dims, data: own } };
  if (pastBias === undefined) return local;
  const past = pastBias.dims[3] as number;
  const earlier = new Float32Array(sequences * length * past);
  for (let entry = 0; entry < earlier.length; entry++) {
    const [b, query, key] = [Math.floor(entry / (length * past)), Math.floor(entry / past) % length, entry % past];
    // Slot `key` of a past holds the token at that position.
    earlier[entry] = positionAt(b, query) - key < window ? (pastBias.data[b * past + key] as number) : CLOSED;
  }
  return { ...local, localPastBias: { dims: [sequences, 1, length, past], data: earlier } };
}

function logits<T>(
  ops: Ops<T>,
  net: GptNeoArchitecture,
  inputs: Readonly<Record<NetInput | LocalInput, T>>,
  { attend, temperature, logitBias }: LogitsOptions<T>,
): T {
  const { width, heads, layerNormEpsilon } = net;
  const norm = (x: T, name: string): T =>
    layerNorm(ops, x, ops.weight(`${name}.weight`), ops.weight(`${name}.bias`), width, layerNormEpsilon);
  const dense = (x: T, name: string): T =>
    linear(ops, x, ops.weight(`${name}.weight`), ops.weight(`${name}.bias`), true);
  const local = { bias: inputs.localBias, pastBias: inputs.localPastBias };
  const scale = ops.scalar(Math.sqrt(width / heads)); // undoes the division by √D in attention

  let x = ops.add(
    ops.gather(ops.weight('wte.weight'), inputs.ids), // [N, C]
    ops.gather(ops.weight('wpe.weight'), inputs.positions), // [N, C]
  );
  for (let layer = 0; layer < net.layers; layer++) {
    const h = `h.${layer}`;
    const normed = norm(x, `${h}.ln_1`);
    const projected = (name: string): T =>
      linear(ops, normed, ops.weight(`${h}.attn.attention.${name}.weight`), null, true);
    const slotted = (x: T): T => ops.gather(x, inputs.slots); // [B, L, C]
    const q = ops.mul(projected('q_proj'), scale); // [N, C]
    const [k, v] = [projected('k_proj'), projected('v_proj')];
    const own = net.localLayers.includes(layer) ? local : undefined;
    const mixed = attend(layer, slotted(q), slotted(k), slotted(v), own); // [B, L, C]
    let attended = ops.gather(ops.flatten(mixed), inputs.homes); // [N, C]
    if (layer === net.layers - 1) {
      // Nothing after the last attention mixes positions: from here on only read rows matter.
      attended = ops.gather(attended, inputs.rows); // [R, C]
      x = ops.gather(x, inputs.rows);
    }
    x = ops.add(x, dense(attended, `${h}.attn.attention.out_proj`));
    const inner = geluTanh(ops, dense(norm(x, `${h}.ln_2`), `${h}.mlp.c_fc`)); // [N, 4C]
    x = ops.add(x, dense(inner, `${h}.mlp.c_proj`)); // [N, C]
  }
  const head = ops.weight(net.tiedHead ? 'wte.weight' : 'lm_head.weight'); // [V, C]
  return vocabularyLogits(ops, norm(x, 'ln_f'), head, temperature, logitBias); // [R, V]
}
