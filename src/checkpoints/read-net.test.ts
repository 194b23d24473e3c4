import { describe, expect, it } from 'vitest';
import type { Configuration, Layout } from '../architectures/architecture.ts';
import type { DecoderArchitecture } from '../architectures/decoder.ts';
import { type Gpt2Architecture, gpt2 } from '../architectures/gpt2.ts';
import { kindOf, netName, publishedName, weightShapes } from '../architectures/index.ts';
import { llama } from '../architectures/llama.ts';
import type { PublishedTensor } from './formats/format.ts';
import { placeTensors } from './read-net.ts';

const GPT2: Configuration<Gpt2Architecture> = {
  kind: 'gpt2',
  layers: 2,
  width: 4,
  heads: 2,
  innerWidth: 16,
  contextLength: 8,
  layerNormEpsilon: 1e-5,
  tieWordEmbeddings: true,
};
const LLAMA: Configuration<DecoderArchitecture> = {
  kind: 'llama',
  layers: 2,
  width: 4,
  heads: 2,
  keyValueHeads: 1,
  headWidth: 2,
  innerWidth: 6,
  contextLength: 8,
  rmsNormEpsilon: 1e-5,
  ropeBase: 10_000,
  tieWordEmbeddings: false,
};
const FILE = '/models/x/model.safetensors';
const ROWS = 10;

const tensor = (name: string, shape: readonly number[], offset = 0, dtype = 'F32'): PublishedTensor => ({
  name,
  file: FILE,
  offset,
  byteLength: shape.reduce((product, side) => product * side, 4),
  dtype,
  shape,
});

/** All weights of a net under their published names, each in a place of its own. */
function published(configuration: Configuration, layout: Layout, ownHead: boolean): PublishedTensor[] {
  return [...weightShapes(configuration, ROWS, ownHead)].map(([name, shape], i) =>
    tensor(publishedName(name, kindOf(configuration).names, layout), shape, 1000 * (i + 1)),
  );
}

const place = (configuration: Configuration, tensors: PublishedTensor[], aliases: [string, string][] = []) =>
  placeTensors(configuration, { source: FILE, tensors, aliases: new Map(aliases) });

const stripped = (tensors: PublishedTensor[]) =>
  tensors.map((one) => ({ ...one, name: one.name.replace(/^(transformer|model)\./, '') }));

describe('names', () => {
  it('go from net to layout and back', () => {
    for (const configuration of [GPT2, LLAMA]) {
      for (const layout of ['plain', 'wrapper'] as const) {
        const { names } = kindOf(configuration);
        for (const name of weightShapes(configuration, ROWS, true).keys()) {
          const there = publishedName(name, names, layout);
          expect(netName(there, names, layout)).toBe(name);
        }
      }
    }
  });

  it('of the wrapper are those of the published DiffuGPT files', () => {
    expect(publishedName('wte.weight', gpt2.names, 'wrapper')).toBe('embed_tokens.weight');
    expect(publishedName('h.0.attn.c_attn.weight', gpt2.names, 'wrapper')).toBe('denoise_model.h.0.attn.c_attn.weight');
    expect(publishedName('norm.weight', llama.names, 'wrapper')).toBe('denoise_model.norm.weight');
  });
});

describe('placing', () => {
  it('finds every weight in each layout', () => {
    for (const [configuration, ownHead] of [
      [GPT2, false],
      [LLAMA, true],
    ] as const) {
      const expected = [...weightShapes(configuration, ROWS, ownHead).keys()];
      const plain = published(configuration, 'plain', ownHead);
      for (const tensors of [plain, stripped(plain), published(configuration, 'wrapper', ownHead)]) {
        const placed = place(configuration, tensors);
        expect([...placed.tensors.keys()]).toEqual(expected);
        expect(placed).toMatchObject({ vocabularyRows: ROWS, tiedHead: !ownHead });
      }
    }
  });

  it('takes the vocabulary from the embedding', () => {
    const tensors = published(GPT2, 'plain', false).map((one) =>
      one.name === 'transformer.wte.weight' ? { ...one, shape: [77, 4] } : one,
    );
    expect(place(GPT2, tensors).vocabularyRows).toBe(77);
  });

  it('ignores causal masks and rotary tables, whatever their dtype', () => {
    const buffers = ['transformer.h.0.attn.bias', 'transformer.h.1.attn.masked_bias'].map((name) =>
      tensor(name, [1, 1, 8, 8], 0, 'U8'),
    );
    expect(place(GPT2, [...buffers, ...published(GPT2, 'plain', false)]).tensors.size).toBe(28);
    const rotary = tensor('model.layers.0.self_attn.rotary_emb.inv_freq', [1], 0, 'F64');
    expect(place(LLAMA, [rotary, ...published(LLAMA, 'plain', true)]).tensors.size).toBe(21);
    const wrapped = tensor('denoise_model.h.0.attn.bias', [1, 1, 8, 8], 0, 'BOOL');
    expect(place(GPT2, [wrapped, ...published(GPT2, 'wrapper', false)]).tensors.size).toBe(28);
  });

  it('passes over what training and compilation put around a model, and says which heads it ignores', () => {
    const head = tensor('v_head.summary.weight', [1, 4]);
    const compiled = published(GPT2, 'plain', false).map((one) => ({ ...one, name: `module._orig_mod.${one.name}` }));
    const placed = place(GPT2, [...compiled, head]);
    expect(placed.tensors.size).toBe(28);
    expect(placed.notes).toEqual(['ignored "v_head.summary.weight": no probability of a token depends on it']);
    const wrapped = published(GPT2, 'wrapper', false).map((one) => ({ ...one, name: `_orig_mod.${one.name}` }));
    expect(place(GPT2, wrapped).layout).toBe('wrapper');
  });

  it('refuses 8-bit floats that need scales', () => {
    const scale = tensor('model.layers.0.mlp.up_proj.weight_scale', [1]);
    expect(() => place(LLAMA, [...published(LLAMA, 'plain', true), scale])).toThrow(
      /up_proj\.weight_scale" scales 8-bit/,
    );
  });

  it('drops the model.… duplicates of older wrapper checkpoints', () => {
    const duplicates = stripped(published(GPT2, 'plain', false)).map((one) => ({
      ...one,
      name: `model.transformer.${one.name}`,
    }));
    const placed = place(GPT2, [...duplicates, ...published(GPT2, 'wrapper', false)]);
    expect(placed.layout).toBe('wrapper');
    expect(placed.tensors.get('wte.weight')?.publishedName).toBe('embed_tokens.weight');
  });
});

describe('the output matrix', () => {
  it('is a weight of its own where the file holds one', () => {
    const placed = place(GPT2, published(GPT2, 'wrapper', true));
    expect(placed.tiedHead).toBe(false);
    expect(placed.tensors.has('lm_head.weight')).toBe(true);
  });

  it('is tied where the metadata say that it was dropped for the embedding', () => {
    const alias: [string, string] = ['lm_head.weight', 'embed_tokens.weight'];
    for (const configuration of [GPT2, LLAMA]) {
      expect(place(configuration, published(configuration, 'wrapper', false), [alias]).tiedHead).toBe(true);
    }
  });

  it('is tied where the embedding was dropped for it', () => {
    const tensors = published(GPT2, 'plain', false).map((one) =>
      one.name === 'transformer.wte.weight' ? { ...one, name: 'lm_head.weight' } : one,
    );
    for (const placed of [place(GPT2, tensors, [['transformer.wte.weight', 'lm_head.weight']]), place(GPT2, tensors)]) {
      expect(placed.tiedHead).toBe(true);
      expect([...placed.tensors.keys()]).toEqual([...weightShapes(GPT2, ROWS, false).keys()]);
    }
    const untied = { ...GPT2, tieWordEmbeddings: false };
    expect(() => place(untied, tensors)).toThrow(/"transformer.wte.weight" is missing/);
  });

  it('may be absent only where the config ties it', () => {
    expect(() => place(LLAMA, published(LLAMA, 'plain', false))).toThrow(
      /"lm_head.weight" is missing .* tie_word_embeddings/,
    );
    expect(place({ ...LLAMA, tieWordEmbeddings: true }, published(LLAMA, 'plain', false)).tiedHead).toBe(true);
    expect(() => place({ ...GPT2, tieWordEmbeddings: false }, published(GPT2, 'plain', false))).toThrow(
      /tie_word_embeddings/,
    );
  });
});

describe('what does not fit is refused, naming file and tensor:', () => {
  const good = published(GPT2, 'wrapper', false);
  const change = (name: string, values: Partial<PublishedTensor>) =>
    good.map((one) => (one.name === name ? { ...one, ...values } : one));

  it.each(good.map(({ name }) => name))('%s missing', (name) => {
    const rest = good.filter((one) => one.name !== name);
    expect(() => place(GPT2, rest)).toThrow(`${FILE}: tensor "${name}" is missing`);
  });

  it('a layer more than the config says', () => {
    const more = published({ ...GPT2, layers: 3 }, 'wrapper', false);
    expect(() => place(GPT2, more)).toThrow(
      `${FILE}: tensor "denoise_model.h.2.ln_1.weight" is no weight of a gpt2 with 2 layers`,
    );
  });

  it('an unknown tensor', () => {
    for (const name of ['score.weight', 'transformer.x', 'h.2.ln_1.weight', 'lm_head.bias']) {
      expect(() => place(GPT2, [...good, tensor(name, [2, 4])])).toThrow(`tensor "${name}" is no weight of a gpt2`);
    }
    expect(place(GPT2, [...good, tensor('extra.x', [2])]).notes).toEqual([
      'ignored "extra.x": outside the network of a gpt2',
    ]);
  });

  it('a weight under two names', () => {
    const twice = [...published(LLAMA, 'plain', true), tensor('norm.weight', [4])];
    expect(() => place(LLAMA, twice)).toThrow(
      `${FILE}: tensors "model.norm.weight" and "norm.weight" are the same weight`,
    );
  });

  it('a wrong shape', () => {
    const name = 'denoise_model.h.1.mlp.c_fc.weight';
    expect(() => place(GPT2, change(name, { shape: [16, 4] }))).toThrow(
      `${FILE}: tensor "${name}" has shape [16, 4]; config.json calls for [4, 16]`,
    );
    expect(() => place(GPT2, change('embed_tokens.weight', { shape: [40] }))).toThrow(
      /\[40\]; config.json calls for \[40, 4\]/,
    );
    expect(() => place(GPT2, change('embed_tokens.weight', { shape: [0, 4] }))).toThrow(/\[0, 4\]; .* \[any, 4\]/);
    expect(() => place(GPT2, change('embed_tokens.weight', { shape: [] }))).toThrow(/\[\]; config.json calls for/);
  });

  it('an output matrix with other rows than the embedding', () => {
    const tensors = [...good, tensor('lm_head.weight', [9, 4], 99_000)];
    expect(() => place(GPT2, tensors)).toThrow(/"lm_head.weight" has shape \[9, 4\]; config.json calls for \[10, 4\]/);
  });

  it('a dtype that no weight has', () => {
    const name = 'denoise_model.ln_f.bias';
    expect(() => place(GPT2, change(name, { dtype: 'I8' }))).toThrow(
      `tensor "${name}" is I8; expected F64, F32, F16, BF16, F8_E4M3, F8_E5M2`,
    );
  });

  it('names of an adapter', () => {
    const adapter = [tensor('base_model.model.denoise_model.layers.0.self_attn.q_proj.lora_A.weight', [8, 4])];
    expect(() => place(LLAMA, adapter)).toThrow(/"model.embed_tokens.weight" is missing/);
  });
});
