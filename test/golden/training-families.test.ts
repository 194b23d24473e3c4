/** The generic training code on every architecture that is no GPT-2 or LLaMA: gradients against differences of the loss. */
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../src/architectures/architecture.ts';
import { parseConfig } from '../../src/checkpoints/read-net.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { batchFeeds } from '../../src/training/batch-feeds.ts';
import { gradientProgram, lossProgram } from '../../src/training/gradient-program.ts';
import { type Parameters, randomParameters } from '../../src/training/initial-parameters.ts';
import { lowRankShapes } from '../../src/training/low-rank.ts';
import type { TrainingBatch } from '../../src/training/trainable.ts';

const ROWS = 11;
const LENGTH = 6;
const decoder = {
  num_hidden_layers: 2,
  hidden_size: 8,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  intermediate_size: 12,
  max_position_embeddings: 16,
};
const CONFIGS = [
  { model_type: 'qwen2', ...decoder },
  { model_type: 'qwen3', head_dim: 6, ...decoder },
  { model_type: 'llama', attention_bias: true, rope_scaling: { type: 'linear', factor: 2 }, ...decoder },
  { model_type: 'mistral', sliding_window: null, ...decoder },
  { model_type: 'Dream', mask_token_id: 10, ...decoder },
  { model_type: 'llada', n_layers: 2, d_model: 8, n_heads: 2, mlp_hidden_size: 12, max_sequence_length: 16 },
  { model_type: 'gpt_neo', num_layers: 2, hidden_size: 8, num_heads: 2, window_size: 3, max_position_embeddings: 16 },
];

function netOf(config: object): Architecture {
  const { tieWordEmbeddings: tiedHead, ...facts } = parseConfig(config, 'config.json', []).configuration;
  return { ...facts, vocabularyRows: ROWS, tiedHead };
}

const BATCH: TrainingBatch = {
  ids: Int32Array.from({ length: 2 * LENGTH }, (_, i) => (7 * i + 3) % ROWS),
  sequences: 2,
  length: LENGTH,
  attention: 'causal',
  rows: Int32Array.of(1, 4, 5, 7, 11),
  targets: Int32Array.of(3, 9, 0, 10, 5),
  weights: Float32Array.of(0.5, 0.25, 1, 0.125, 0.75),
};

const named = (prefix: string, parameters: Parameters) =>
  Object.fromEntries([...parameters].map(([name, value]) => [`${prefix}.${name}`, value]));
const shapesOf = (parameters: Parameters) => new Map([...parameters].map(([name, { dims }]) => [name, dims]));
const shifted = (parameters: Parameters, by: Parameters, factor: number): Parameters =>
  new Map(
    [...parameters].map(([name, { dims, data }]) => {
      const direction = by.get(name)?.data ?? [];
      return [name, { dims, data: Float32Array.from(data, (value, i) => value + factor * (direction[i] as number)) }];
    }),
  );

describe.each(CONFIGS)('$model_type', (config) => {
  const net = netOf(config);
  const parameters = new Map(
    // Matrices wider than training begins, so that every part of the net has a say.
    [...randomParameters(net, 1)].map(([name, { dims, data }]) => [
      name,
      { dims, data: dims.length > 1 ? data.map((x) => 12 * x) : data },
    ]),
  );
  const trained = { net, parameters: shapesOf(parameters), frozen: new Map(), adapterScale: 1 };

  it('has the gradient along which its loss changes', async () => {
    const engine = referenceEngine();
    const losses = await engine.compile(lossProgram(trained, LENGTH), new Map());
    const lossAt = async (at: Parameters): Promise<number> => {
      const { losses: found } = await losses.run({ ...batchFeeds(net, BATCH), ...named('parameter', at) });
      return [...found.data].reduce((sum, value, i) => sum + value * (BATCH.weights[i] as number), 0);
    };
    const gradients = await engine.compile(gradientProgram(trained, LENGTH), new Map());
    const zeros = new Map([...parameters].map(([name, { dims, data }]) => [name, { dims, data: data.map(() => 0) }]));
    const feeds = {
      ...batchFeeds(net, BATCH),
      weights: { dims: [BATCH.weights.length], data: BATCH.weights },
      ...named('parameter', parameters),
      ...named('gradient', zeros),
    };
    const found = await gradients.run(feeds);
    const onnx = await (await onnxEngine({ threads: 1 })).compile(gradientProgram(trained, LENGTH), new Map());
    const { squares: again } = await onnx.run(feeds);
    await onnx.dispose();
    const along = new Map(
      [...parameters.keys()].map((name) => [name, Object(found)[`gradient.${name}`]]),
    ) as Parameters;
    const squares = [...along.values()].flatMap(({ data }) => [...data]).reduce((sum, value) => sum + value * value, 0);
    expect((found.squares.data[0] as number) / squares).toBeCloseTo(1, 6);
    expect((again.data[0] as number) / squares).toBeCloseTo(1, 4);
    for (const [name, { data }] of along) expect(Math.max(...data.map(Math.abs)), name).toBeGreaterThan(0);
    // A step of 1e-3 along the gradient: float32 parameters leave 1e-4 of the difference open.
    const step = 1e-3 / Math.sqrt(squares);
    const slope =
      ((await lossAt(shifted(parameters, along, step))) - (await lossAt(shifted(parameters, along, -step)))) /
      (2 * step);
    expect(slope / squares).toBeCloseTo(1, 3);
  });

  it('has adapters on its linear layers', () => {
    const adapted = lowRankShapes(net, shapesOf(parameters), { rank: 2, alpha: 4, embedding: false });
    const perLayer = config.model_type === 'gpt_neo' ? 6 : 7;
    expect([...adapted.keys()].filter((name) => name.endsWith('.lora_A'))).toHaveLength(2 * perLayer);
  });
});
