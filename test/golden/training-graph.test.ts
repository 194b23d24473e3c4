/** Forward, backward, clipping by the global norm and AdamW as one graph: the same step as the training loop's two. */
import { expect, it } from 'vitest';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import type { HostTensor, Ops, Program, TensorSpec } from '../../src/tensor/ops.ts';
import { adamWNumbers, adamWProgram } from '../../src/training/adamw.ts';
import { batchFeeds } from '../../src/training/batch-feeds.ts';
import { type GradientInput, gradientProgram, type TrainedNet } from '../../src/training/gradient-program.ts';
import { readParameters } from '../../src/training/initial-parameters.ts';
import { openTrainable } from '../../src/training/open-trainable.ts';
import type { TrainingBatch } from '../../src/training/trainable.ts';
import { openGolden } from './golden-checkpoint.ts';

const OPTIMIZER = { betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0.1, clip: 0.5 } as const;
const [RATE, LENGTH] = [0.001, 6];
/** float32: the clipping factor is computed in the graph here and in float64 there. */
const TOLERANCE = 1e-6;

it.each(['gpt2-tiny-ar', 'llama-tiny-ar'])('%s: one graph, one run, the same parameters', async (name) => {
  const { architecture: net, tensors } = await openGolden(name);
  const initial = await readParameters(tensors);
  const engine = await onnxEngine({ threads: 1 });
  const trainable = await openTrainable(net, engine, { optimizer: OPTIMIZER, initial, decays: () => true });
  const { loss, gradientNorm } = await trainable.step([BATCH], RATE);
  expect(gradientNorm).toBeGreaterThan(OPTIMIZER.clip);

  const shapes = new Map([...initial].map(([each, { dims }]) => [each, dims]));
  const executable = await engine.compile(
    wholeStep({ net, parameters: shapes, frozen: new Map(), adapterScale: 1 }),
    new Map(),
  );
  const { rate, keep, correction } = adamWNumbers(OPTIMIZER, 1, RATE, gradientNorm, OPTIMIZER.weightDecay);
  const weights = { dims: [BATCH.weights.length], data: BATCH.weights };
  const feeds: Record<string, HostTensor> = { ...batchFeeds(net, BATCH), weights, rate, keep, correction };
  for (const [each, { dims, data }] of initial) {
    const zeros = { dims, data: new Float32Array(data.length) };
    feeds[`parameter.${each}`] = { dims, data };
    for (const vector of ['gradient', 'first', 'second']) feeds[`${vector}.${each}`] = zeros;
  }
  const found = await executable.run(feeds);
  expect(found.loss?.data[0]).toBe(Math.fround(loss));
  for (const [each, { data }] of (await trainable.state()).parameters) {
    const own = found[`parameter.${each}`]?.data as Float32Array;
    const errors = Array.from(data, (value, i) => Math.abs((own[i] as number) - value));
    expect(Math.max(...errors), each).toBeLessThan(TOLERANCE);
  }
  await Promise.all([executable.dispose(), trainable.dispose()]);
});

const IDS = Int32Array.from({ length: 4 * LENGTH }, (_, i) => (37 * i + 5) % 384);
const ROWS = Int32Array.from(IDS, (_, i) => i).filter((row) => row % LENGTH < LENGTH - 1);
const BATCH: TrainingBatch = {
  ids: IDS,
  sequences: 4,
  length: LENGTH,
  attention: 'causal',
  rows: ROWS,
  targets: ROWS.map((row) => IDS[row + 1] as number),
  weights: new Float32Array(ROWS.length).fill(1 / ROWS.length),
};

function wholeStep(trained: TrainedNet): Program<string, string> {
  const gradients = gradientProgram(trained, LENGTH);
  const update = adamWProgram(OPTIMIZER);
  const number: TensorSpec = { dtype: 'float32', dims: [] };
  const perParameter = (...vectors: string[]): Record<string, TensorSpec> =>
    Object.fromEntries(
      [...trained.parameters].flatMap(([name, dims]) =>
        vectors.map((vector) => [`${vector}.${name}`, { dtype: 'float32' as const, dims }]),
      ),
    );
  return {
    name: 'whole step',
    inputs: {
      ...gradients.inputs,
      ...perParameter('first', 'second'),
      rate: number,
      keep: number,
      correction: number,
    },
    outputs: { loss: number, ...perParameter('parameter', 'first', 'second') },
    build: <T>(ops: Ops<T>, inputs: Readonly<Record<string, T>>) => {
      const at = (name: string): T => inputs[name] as T;
      const derived: Readonly<Record<string, T>> = gradients.build(ops, inputs as Record<GradientInput, T>);
      const scale = clipScale(ops, derived.squares as T, OPTIMIZER.clip);
      const outputs: Record<string, T> = { loss: derived.loss as T };
      for (const name of trained.parameters.keys()) {
        const updated = update.build(ops, {
          parameter: at(`parameter.${name}`),
          first: at(`first.${name}`),
          second: at(`second.${name}`),
          gradient: derived[`gradient.${name}`] as T,
          scale,
          rate: at('rate'),
          keep: at('keep'),
          correction: at('correction'),
        });
        for (const vector of ['parameter', 'first', 'second'] as const) outputs[`${vector}.${name}`] = updated[vector];
      }
      return outputs;
    },
  };
}

/** min(1, clip / norm) = 1 / max(1, z) with z = norm / clip and max(1, z) = ½(1 + z + |z − 1|). */
function clipScale<T>(ops: Ops<T>, squares: T, clip: number): T {
  const z = ops.div(ops.add(ops.sqrt(squares), ops.scalar(1e-6)), ops.scalar(clip));
  const past = ops.sub(z, ops.scalar(1));
  const largest = ops.mul(ops.scalar(0.5), ops.add(ops.add(z, ops.scalar(1)), ops.sqrt(ops.mul(past, past))));
  return ops.div(ops.scalar(1), largest);
}
