/** Golden parity of training: loss, gradients and three AdamW steps, as PyTorch gave them, on every engine. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import type { HostTensor } from '../../src/tensor/ops.ts';
import { batchFeeds } from '../../src/training/batch-feeds.ts';
import { type GradientInput, gradientProgram } from '../../src/training/gradient-program.ts';
import { readParameters } from '../../src/training/initial-parameters.ts';
import { openTrainable } from '../../src/training/open-trainable.ts';
import type { TrainingBatch } from '../../src/training/trainable.ts';
import { type GoldenArLoss, type GoldenDiffusionLoss, openGolden, readGolden } from './golden-checkpoint.ts';

/** Relative, of norms and of vectors of eight: float32 sums in another order. The golden files' own noise is below 3e-6. */
const FLOAT32_TOLERANCE = 1e-4;
/** float64 between steps of float32 storage: what is left is PyTorch's own rounding. */
const REFERENCE_TOLERANCE = 1e-5;
/** AdamW divides by √v̂: where a gradient is rounding noise, so is the update, up to the learning rate in size. */
const RATE = 1e-3;

const NAMES = ['gpt2-tiny-ar', 'llama-tiny-ar', 'diffugpt-tiny', 'diffullama-tiny'] as const;
const ENGINES = [
  { name: 'onnx', make: () => onnxEngine({ threads: 2 }), tolerance: FLOAT32_TOLERANCE },
  { name: 'tfjs', make: () => tfjsEngine(), tolerance: FLOAT32_TOLERANCE },
  { name: 'reference', make: async () => referenceEngine(), tolerance: REFERENCE_TOLERANCE },
];

describe.each(ENGINES)('training on $name', ({ make, tolerance }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await make();
  });

  describe.each(NAMES)('%s', (name) => {
    it.each(trainingCases(name))('gradients: $name', async (expected) => {
      const checkpoint = await openGolden(name);
      const { architecture, tensors } = checkpoint;
      const netName = namesInNet(checkpoint);
      const parameters = await readParameters(tensors);
      const shapes = new Map([...parameters].map(([each, { dims }]) => [each, dims]));
      const batch = batchOf(expected, readGolden(name).mask_token_id ?? null);
      const trained = { net: architecture, parameters: shapes, frozen: new Map(), adapterScale: 1 };
      const program = gradientProgram(trained, batch.length);
      const executable = await engine.compile(program, new Map());
      const feeds: Record<string, HostTensor> = { ...batchFeeds(architecture, batch) };
      feeds.weights = { dims: [batch.weights.length], data: batch.weights };
      for (const [each, value] of parameters) {
        feeds[`parameter.${each}`] = value;
        feeds[`gradient.${each}`] = { dims: value.dims, data: new Float32Array(value.data.length) };
      }
      const found: Readonly<Record<string, HostTensor>> = await executable.run(
        feeds as Record<GradientInput, HostTensor>,
      );
      expect(Math.abs((found.loss?.data[0] as number) - expected.loss) / expected.loss).toBeLessThan(tolerance);
      for (const [published, { l2, first8 }] of Object.entries(expected.grads)) {
        const gradient = found[`gradient.${netName.get(published)}`]?.data as Float32Array;
        expect(Math.abs(norm(gradient) - l2) / l2, published).toBeLessThan(tolerance);
        expect(distance(gradient.subarray(0, 8), first8) / l2, published).toBeLessThan(tolerance);
      }
      expect(Object.keys(expected.grads)).toHaveLength(parameters.size);
      const total = Math.hypot(...Object.values(expected.grads).map(({ l2 }) => l2));
      expect(Math.abs(Math.sqrt(found.squares?.data[0] as number) - total) / total).toBeLessThan(tolerance);
      await executable.dispose();
    });

    it.each(trainingCases(name))('three AdamW steps: $name', async (expected) => {
      const checkpoint = await openGolden(name);
      const { architecture, tensors } = checkpoint;
      const netName = namesInNet(checkpoint);
      const trainable = await openTrainable(architecture, engine, {
        optimizer: { betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0.1, clip: null },
        initial: await readParameters(tensors),
        decays: () => true,
      });
      const batch = batchOf(expected, readGolden(name).mask_token_id ?? null);
      const losses: number[] = [];
      for (let step = 0; step < 3; step++) losses.push((await trainable.step([batch], RATE)).loss);
      const after = await trainable.crossEntropies(batch);
      losses.push(after.reduce((sum, loss, row) => sum + loss * (batch.weights[row] as number), 0));
      expected.adamw.losses_before_each_step_and_after_last.forEach((loss, step) => {
        expect(Math.abs((losses[step] as number) - loss) / loss).toBeLessThan(tolerance);
      });
      const { steps, parameters } = await trainable.state();
      expect(steps).toBe(3);
      for (const [published, first8] of Object.entries(expected.adamw.params_first8)) {
        const found = parameters.get(netName.get(published) as string)?.data as Float32Array;
        expect(distance(found.subarray(0, 8), first8) / Math.hypot(...first8, RATE), published).toBeLessThan(
          10 * tolerance,
        );
      }
      await trainable.dispose();
    });
  });
});

type GoldenTraining = GoldenArLoss & Partial<GoldenDiffusionLoss>;

function trainingCases(name: string): readonly (GoldenTraining & { readonly name: string })[] {
  const { train } = readGolden(name);
  return 'loss' in train ? [{ name: 'next token', ...train }] : train;
}

/** The net's name of each parameter, by its name in the published file. */
function namesInNet({ tensors }: Checkpoint): ReadonlyMap<string, string> {
  return new Map([...tensors.values()].map(({ publishedName, name }) => [publishedName, name]));
}

function batchOf(expected: GoldenTraining, maskId: number | null): TrainingBatch {
  const length = expected.input_ids[0]?.length as number;
  const rows: number[] = [];
  const targets: number[] = [];
  const weights: number[] = [];
  const noised = expected.input_ids.map((ids, b) =>
    ids.map((id, i) => (expected.mask?.[b]?.[i] === '1' ? maskId : id)),
  );
  const shift = expected.shift ?? true;
  expected.input_ids.forEach((ids, b) => {
    ids.forEach((id, position) => {
      if (maskId !== null && noised[b]?.[position] !== maskId) return;
      if (shift && position === 0) return;
      rows.push(b * length + position - Number(shift));
      targets.push(id);
      weights.push(maskId === null ? 1 : 1 / (expected.t?.[b] as number));
    });
  });
  const divisor = expected.scored_tokens ?? rows.length;
  return {
    ids: Int32Array.from(noised.flat() as number[]),
    sequences: noised.length,
    length,
    attention: expected.allowed === undefined ? 'causal' : Uint8Array.from(expected.allowed.join(''), Number),
    rows: Int32Array.from(rows),
    targets: Int32Array.from(targets),
    weights: Float32Array.from(weights, (weight) => weight / divisor),
  };
}

const norm = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((sum, value) => sum + value * value, 0));
const distance = (found: ArrayLike<number>, expected: readonly number[]): number =>
  norm(expected.map((value, i) => (found[i] as number) - value));
