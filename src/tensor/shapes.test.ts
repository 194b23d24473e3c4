import { describe, expect, it } from 'vitest';
import type { DecoderArchitecture } from '../architectures/decoder.ts';
import type { Gpt2Architecture } from '../architectures/gpt2.ts';
import { logprobProgram } from '../programs/readout.ts';
import * as rules from './shape-rules.ts';
import { checkShapes } from './shapes.ts';

describe('shapes', () => {
  it('broadcast as in NumPy, letters standing for themselves', () => {
    expect(rules.broadcastShapes(['N', 4], [4])).toEqual(['N', 4]);
    expect(rules.broadcastShapes(['N', 1], ['N', 4])).toEqual(['N', 4]);
    expect(rules.broadcastShapes([], ['B', 'L'])).toEqual(['B', 'L']);
    expect(rules.broadcastShapes(['B', 2, 'L', 'L'], ['B', 1, 'L', 'L'])).toEqual(['B', 2, 'L', 'L']);
  });

  it.each([
    ['cannot broadcast [N, 4] with [3]', () => rules.broadcastShapes(['N', 4], [3])],
    ['cannot broadcast [N] with [R]', () => rules.broadcastShapes(['N'], ['R'])],
    ['cannot multiply [2, 3] by [4, 5]', () => rules.matmulShape([2, 3], [4, 5])],
    ['cannot multiply [2, 3] by transposed [5, 4]', () => rules.matmulShape([2, 3], [5, 4], { transposeB: true })],
    ['cannot multiply [3] by [3, 2]', () => rules.matmulShape([3], [3, 2])],
    ['gather reads a table [V, C], not [4]', () => rules.gatherShape([4], ['N'])],
    ['take reads [R, V] at [R], not [R, 5] at [N]', () => rules.takeShape(['R', 5], ['N'])],
    ['slice 2..6 is outside the last axis of [N, 5]', () => rules.sliceShape(['N', 5], 2, 6)],
    ['slice 2..2 is outside the last axis of [N, 5]', () => rules.sliceShape(['N', 5], 2, 2)],
    ['cannot split the last axis of [N, 5] into 2 heads', () => rules.splitLastShape(['N', 5], 2)],
    ['mergeLast needs two known last axes, not [N, 5]', () => rules.mergeLastShape(['N', 5])],
    ['swapMiddle needs four axes, not [N, 5]', () => rules.swapMiddleShape(['N', 5])],
    ['flatten joins two axes, not [N]', () => rules.flattenShape(['N'])],
    ['repeatHeads needs [B, G, L, D], not [N, 5]', () => rules.repeatHeadsShape(['N', 5], 2)],
    ['cannot multiply transposed [2, 3] by [3, 4]', () => rules.matmulShape([2, 3], [3, 4], { transposeA: true })],
    ['[N, 5] is not a stretched [4]', () => rules.sumToShape(['N', 5], [4])],
    ['[5] is not a stretched [N, 5]', () => rules.sumToShape([5], ['N', 5])],
    ['pad needs a known last axis, not [N]', () => rules.padShape(['N'], 1, 1)],
    ['addRows adds [N, 4] to [V, 4], not [R, 4]', () => rules.addRowsShape(['V', 4], ['N'], ['R', 4])],
    ['addAt adds [R] to [R, 5], not [N]', () => rules.addAtShape(['R', 5], ['R'], ['N'])],
    ['unflatten needs [B·3, …], not [N, 5]', () => rules.unflattenShape(['N', 5], 3)],
    ['sumHeads needs [B, G·2, L, D], not [B, 3, L, 4]', () => rules.sumHeadsShape(['B', 3, 'L', 4], 2)],
    ['concat needs known last axes', () => rules.concatShape(['N'], ['N'])],
  ])('that do not fit are an error: %s', (message, run) => {
    expect(run).toThrow(new RangeError(message));
  });
});

const SIZES = { N: 50, B: 2, L: 64, R: 7 };
const { N, B, L, R } = SIZES;

describe('floating-point operations', () => {
  it('of GPT-2 are those of its matrices: 24 C² a token and layer, 4 C L² a sequence and layer, 2 C V a read row', () => {
    const [C, V, layers] = [8, 30, 3];
    const net: Gpt2Architecture = {
      kind: 'gpt2',
      layers,
      width: C,
      heads: 2,
      innerWidth: 4 * C,
      contextLength: 64,
      layerNormEpsilon: 1e-5,
      vocabularyRows: V,
      tiedHead: true,
    };
    const weights = new Map<string, number[]>([
      ['wte.weight', [V, C]],
      ['wpe.weight', [64, C]],
      ...['ln_1', 'ln_2'].flatMap((norm) => perLayer(layers, (h) => pair(`${h}.${norm}`, [C], [C]))),
      ...perLayer(layers, (h) => pair(`${h}.attn.c_attn`, [C, 3 * C], [3 * C])),
      ...perLayer(layers, (h) => pair(`${h}.attn.c_proj`, [C, C], [C])),
      ...perLayer(layers, (h) => pair(`${h}.mlp.c_fc`, [C, 4 * C], [4 * C])),
      ...perLayer(layers, (h) => pair(`${h}.mlp.c_proj`, [4 * C, C], [C])),
      ...pair('ln_f', [C], [C]),
    ]);
    const report = checkShapes(logprobProgram(net), weights, SIZES);
    // 24 = 2 · (3 + 1 + 4 + 4). After the last attention, 18 of them are only spent on read rows.
    const blocks = (24 * (layers - 1) * N + 6 * N + 18 * R) * C ** 2;
    expect(report.flops).toBe(blocks + layers * B * 4 * L ** 2 * C + 2 * R * C * V);
    expect(report.outputs).toEqual({ logprobs: [R], best: [R], bestLogprobs: [R] });
    expect([...report.weights].sort()).toEqual([...weights.keys()].sort());
  });

  it('of LLaMA count grouped heads once in the projections and per query head in attention', () => {
    const [C, V, F, G, D, H] = [8, 30, 20, 1, 4, 2];
    const net: DecoderArchitecture = {
      kind: 'llama',
      layers: 1,
      width: C,
      heads: H,
      keyValueHeads: G,
      headWidth: D,
      innerWidth: F,
      contextLength: 64,
      rmsNormEpsilon: 1e-5,
      ropeBase: 10000,
      vocabularyRows: V,
      tiedHead: false,
    };
    const layer = 'layers.0';
    const weights = new Map<string, number[]>([
      ['embed_tokens.weight', [V, C]],
      ['lm_head.weight', [V, C]],
      ['norm.weight', [C]],
      [`${layer}.input_layernorm.weight`, [C]],
      [`${layer}.post_attention_layernorm.weight`, [C]],
      [`${layer}.self_attn.q_proj.weight`, [H * D, C]],
      [`${layer}.self_attn.k_proj.weight`, [G * D, C]],
      [`${layer}.self_attn.v_proj.weight`, [G * D, C]],
      [`${layer}.self_attn.o_proj.weight`, [C, H * D]],
      [`${layer}.mlp.gate_proj.weight`, [F, C]],
      [`${layer}.mlp.up_proj.weight`, [F, C]],
      [`${layer}.mlp.down_proj.weight`, [C, F]],
    ]);
    const report = checkShapes(logprobProgram(net), weights, SIZES);
    const projections = 2 * N * C * (H + 2 * G) * D + 2 * R * H * D * C + 3 * 2 * R * C * F;
    expect(report.flops).toBe(projections + B * 4 * L ** 2 * H * D + 2 * R * C * V);
    expect([...report.weights].sort()).toEqual([...weights.keys()].sort());
  });

  it('of a net without one of its weights are an error that names it', () => {
    const net: Gpt2Architecture = {
      kind: 'gpt2',
      layers: 1,
      width: 4,
      heads: 1,
      innerWidth: 16,
      contextLength: 8,
      layerNormEpsilon: 1e-5,
      vocabularyRows: 9,
      tiedHead: true,
    };
    const weights = new Map([['wte.weight', [9, 4]]]);
    expect(() => checkShapes(logprobProgram(net), weights, SIZES)).toThrow("the checkpoint has no weight 'wpe.weight'");
  });
});

const pair = (name: string, weight: number[], bias: number[]): [string, number[]][] => [
  [`${name}.weight`, weight],
  [`${name}.bias`, bias],
];

const perLayer = (layers: number, weights: (h: string) => [string, number[]][]): [string, number[]][] =>
  Array.from({ length: layers }, (_, layer) => weights(`h.${layer}`)).flat();
