import { expect, it } from 'vitest';
import type { Architecture } from '../architectures/architecture.ts';
import { kindOf, weightShapes } from '../architectures/index.ts';
import { parseJson } from '../files/json-file.ts';
import { parseConfig as parseWhole } from './read-net.ts';

const FILE = '/models/x/config.json';
const parseConfig = (...given: Parameters<typeof parseWhole>) => parseWhole(...given).configuration;
const gpt2 = { model_type: 'gpt2', n_layer: 12, n_embd: 768, n_head: 12, n_positions: 1024, n_inner: null };
const llama = {
  model_type: 'llama',
  num_hidden_layers: 32,
  hidden_size: 4096,
  num_attention_heads: 32,
  intermediate_size: 11008,
  max_position_embeddings: 4096,
  rms_norm_eps: 1e-5,
  rope_scaling: null,
};
const gptNeo = { model_type: 'gpt_neo', num_layers: 4, hidden_size: 64, num_heads: 4, intermediate_size: null };
const qwen2 = { ...llama, model_type: 'qwen2', num_key_value_heads: 4 };

function parameters(config: object, rows: number, ownHead: boolean): number {
  const shapes = weightShapes(parseConfig(config, FILE, []), rows, ownHead);
  return [...shapes.values()].reduce((total, shape) => total + shape.reduce((product, side) => product * side, 1), 0);
}

it('gives the published parameter counts', () => {
  // Counts by formula, as published for these shapes: GPT-2 small and medium, LLaMA 2 7B.
  const medium = { ...gpt2, n_layer: 24, n_embd: 1024, n_head: 16 };
  expect(parameters(gpt2, 50257, false)).toBe(124_439_808);
  expect(parameters(gpt2, 50258, false)).toBe(124_440_576);
  expect(parameters(medium, 50257, false)).toBe(354_823_168);
  expect(parameters(medium, 50258, false)).toBe(354_824_192);
  expect(parameters(llama, 32000, true)).toBe(6_738_415_616);
});

it('fills in what published configs leave out', () => {
  expect(parseConfig(gpt2, FILE, [])).toEqual({
    kind: 'gpt2',
    layers: 12,
    width: 768,
    heads: 12,
    innerWidth: 3072,
    contextLength: 1024,
    layerNormEpsilon: 1e-5,
    tieWordEmbeddings: true,
  });
  expect(parseConfig(llama, FILE, [])).toEqual({
    kind: 'llama',
    layers: 32,
    width: 4096,
    heads: 32,
    keyValueHeads: 32,
    headWidth: 128,
    innerWidth: 11008,
    contextLength: 4096,
    rmsNormEpsilon: 1e-5,
    ropeBase: 10_000,
    tieWordEmbeddings: false,
  });
});

it('reads grouped key-value heads, an explicit head width, and both spellings of the rotary base', () => {
  const grouped = { ...llama, num_key_value_heads: 8, head_dim: 64, rope_theta: 500_000 };
  expect(parseConfig(grouped, FILE, [])).toMatchObject({ keyValueHeads: 8, headWidth: 64, ropeBase: 500_000 });
  const newer = { ...llama, rope_parameters: { rope_type: 'default', rope_theta: 1e6 } };
  expect(parseConfig(newer, FILE, [])).toMatchObject({ ropeBase: 1e6 });
});

it('reads what is written under other names, as the published classes do', () => {
  const { n_layer, n_embd, n_head, n_positions, ...rest } = gpt2;
  const llamaStyle = {
    ...rest,
    hidden_size: n_embd,
    max_position_embeddings: n_positions,
    num_attention_heads: n_head,
    num_hidden_layers: n_layer,
  };
  expect(parseConfig(llamaStyle, FILE, [])).toEqual(parseConfig(gpt2, FILE, []));
  expect(() => parseConfig({ ...gpt2, hidden_size: 512 }, FILE, [])).toThrow(
    'n_embd 768 and hidden_size 512 are one field',
  );
  expect(parseConfig({ ...gpt2, activation_function: 'gelu_pytorch_tanh' }, FILE, [])).toMatchObject({ kind: 'gpt2' });
  expect(parseConfig({ ...llama, hidden_act: 'swish' }, FILE, [])).toMatchObject({ kind: 'llama' });
});

it('knows which biases and norms a class has', () => {
  expect(parseConfig({ ...llama, attention_bias: true }, FILE, [])).toMatchObject({ attentionBias: 'qkvo' });
  expect(parseConfig(qwen2, FILE, [])).toMatchObject({ attentionBias: 'qkv', keyValueHeads: 4, headWidth: 128 });
  const qwen3 = { ...qwen2, model_type: 'qwen3', head_dim: undefined, hidden_size: 1024, num_attention_heads: 16 };
  expect(parseConfig(qwen3, FILE, [])).toMatchObject({ headNorms: true, headWidth: 128, width: 1024 });
});

it('knows which layers of GPT-Neo are local, in either spelling', () => {
  const local = (config: object) => parseConfig({ ...gptNeo, ...config }, FILE, []);
  expect(local({})).toMatchObject({ localLayers: [1, 3], window: 256, innerWidth: 256 });
  expect(local({ attention_types: [[['local', 'global'], 2]] })).toMatchObject({ localLayers: [0, 2] });
  expect(local({ attention_layers: ['global', 'global', 'global', 'local'] })).toMatchObject({ localLayers: [3] });
  expect(() => local({ attention_layers: ['global'] })).toThrow('attention of 1 layers; expected that of num_layers 4');
  expect(() => local({ attention_types: [[['sparse'], 4]] })).toThrow(
    'attention "sparse"; expected "global" or "local"',
  );
});

it('reads texts no longer than a sliding window, where there is one', () => {
  const context = (config: object) => parseConfig({ ...qwen2, ...config }, FILE, []).contextLength;
  expect(context({ sliding_window: 512 })).toBe(4096);
  expect(context({ sliding_window: 512, use_sliding_window: true })).toBe(512);
  expect(context({ sliding_window: 512, use_sliding_window: true, max_window_layers: 32 })).toBe(4096);
  const types = { sliding_window: 512, use_sliding_window: true, max_window_layers: 32 };
  expect(context({ ...types, layer_types: ['full_attention', 'sliding_attention'] })).toBe(512);
  expect(context({ ...types, layer_types: ['full_attention'] })).toBe(4096);
});

it('tells the network from the tensor names where model_type is absent', () => {
  const { model_type: _, ...anonymous } = gpt2;
  expect(parseConfig(anonymous, FILE, ['denoise_model.h.0.ln_1.bias']).kind).toBe('gpt2');
  const { model_type: __, ...anonymousLlama } = llama;
  expect(parseConfig(anonymousLlama, FILE, ['denoise_model.layers.3.mlp.up_proj.weight']).kind).toBe('llama');
  expect(() => parseConfig(anonymous, FILE, ['wte.weight'])).toThrow(/no model_type/);
});

it.each([
  [{ ...gpt2, activation_function: 'relu' }, 'activation_function "relu"; expected "gelu_new"'],
  [{ ...gpt2, scale_attn_weights: false }, 'scale_attn_weights false; expected true'],
  [{ ...gpt2, scale_attn_by_inverse_layer_idx: true }, 'scale_attn_by_inverse_layer_idx true; expected false'],
  [{ ...gpt2, add_cross_attention: true }, 'add_cross_attention true; expected false'],
  [{ ...llama, hidden_act: 'gelu' }, 'hidden_act "gelu"; expected "silu" or "swish"'],
  [{ ...qwen2, layer_types: ['full_attention', 'linear_attention'] }, 'layer_types has "linear_attention"'],
  [{ ...qwen2, use_mrope: true }, 'use_mrope true; expected false'],
  [
    { ...llama, rope_scaling: { type: 'yarn', factor: 2 } },
    'rope_type "yarn"; expected "default", "linear" or "llama3"',
  ],
  [{ ...llama, mlp_bias: true }, 'mlp_bias true; expected false'],
  [{ ...llama, quantization_config: { bits: 4 } }, 'weights are quantised by an unnamed method; expected bitsandbytes'],
  [{ ...llama, quantization_config: { quant_method: 'gptq' } }, 'weights are quantised by gptq; expected bitsandbytes'],
  [{ model_type: 'opt' }, 'model_type "opt"; expected one of gpt_neo, gpt2, llama, '],
  [{ model_type: 'llada2_moe' }, 'model_type "llada2_moe" is not read: its layers choose among experts'],
  [{ model_type: 'diffusion_gemma' }, 'its canvas starts as random tokens, not masks'],
])('refuses what it does not implement: %#', (config, message) => {
  let thrown: unknown;
  try {
    parseConfig(config, FILE, []);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'not-supported', message: expect.stringContaining(`${FILE}: `) });
  expect((thrown as Error).message).toContain(message);
});

it('tells fields of which nothing is known, and no others', () => {
  const unknown = (config: object) => parseWhole(config, FILE, []).unknown;
  const published = { architectures: ['LlamaForCausalLM'], torch_dtype: 'float16', use_cache: true, pad_token_id: 0 };
  expect(unknown({ ...llama, ...published, rope_interleaved: false, pretraining_tp: 1 })).toEqual([]);
  expect(
    unknown({ ...llama, ...published, logit_scale: 0.5, embedding_multiplier: 12, attn_logit_softcapping: null }),
  ).toEqual(['logit_scale', 'embedding_multiplier']);
  expect(unknown({ ...llama, quantization_config: { quant_method: 'bitsandbytes' } })).toEqual([]);
  expect(unknown({ ...gpt2, reorder_and_upcast_attn: false, task_specific_params: {} })).toEqual([]);
});

it('names the key of a number that Python writes and JSON does not know', () => {
  const parse = (text: string) => () => parseJson(text, FILE, 'the file');
  expect(parse('{"router_jitter": NaN, "a": 1}')).toThrow(
    'not JSON in UTF-8: key "router_jitter" is NaN, which JSON has',
  );
  expect(parse('{"a": 1, "attention": -Infinity}')).toThrow('key "attention" is -Infinity');
  expect(parse('{"a": 1,}')).toThrow(`${FILE}: the file is not JSON in UTF-8`);
});

it.each([
  [null, 'expected a JSON object'],
  [[], 'expected a JSON object'],
  [{ ...gpt2, n_layer: undefined }, 'key "n_layer"'],
  [{ ...gpt2, n_layer: 1e9 }, 'key "n_layer"'],
  [{ ...gpt2, n_embd: '768' }, 'key "n_embd"'],
  [{ ...gpt2, n_head: 7 }, 'n_embd 768 is not a multiple of n_head 7'],
  [{ ...gpt2, layer_norm_epsilon: -1 }, 'key "layer_norm_epsilon"'],
  [{ ...llama, num_attention_heads: 30 }, 'hidden_size 4096 is not a multiple of num_attention_heads 30'],
  [{ ...llama, num_key_value_heads: 5 }, 'num_attention_heads 32 is not a multiple of num_key_value_heads 5'],
  [{ ...llama, head_dim: 5 }, 'the width of a head 5 is not a multiple'],
])('names the key that is wrong: %#', (config, message) => {
  expect(() => parseConfig(config, FILE, [])).toThrow(message);
});

it('writes a config.json that it reads back', () => {
  const scaled = { ...llama, attention_bias: true, rope_scaling: { type: 'linear', factor: 2 } };
  const qwen3 = { ...qwen2, model_type: 'qwen3' };
  for (const config of [gpt2, { ...llama, num_key_value_heads: 8, head_dim: 64 }, scaled, qwen2, qwen3, gptNeo]) {
    const { tieWordEmbeddings, ...facts } = parseConfig(config, FILE, []);
    const architecture = { ...facts, vocabularyRows: 500, tiedHead: tieWordEmbeddings } as Architecture;
    const { kind } = architecture;
    expect(parseConfig(kindOf(architecture).configJson(architecture), FILE, [])).toEqual({
      ...facts,
      kind,
      tieWordEmbeddings,
    });
  }
});
