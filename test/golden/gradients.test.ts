/**
 * The gradients of `tape`, on every engine, against tfjs's own automatic differentiation of the same forward: every entry
 * of every weight's gradient of a tiny net's loss. The two share the net and nothing else.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { inputsOf, logitsAt } from '../../src/architectures/index.ts';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { loadTfjs, type TfjsRuntime } from '../../src/engines/tfjs/runtime.ts';
import { tensorOps } from '../../src/engines/tfjs/tensor-ops.ts';
import { readWeight } from '../../src/engines/weight-file.ts';
import { packSequences } from '../../src/lm/forward/forward.ts';
import { type AttentionPattern, countingPositions } from '../../src/lm/forward/sequence.ts';
import type { ReadoutInput } from '../../src/programs/readout.ts';
import { crossEntropy } from '../../src/tensor/layers.ts';
import type { HostTensor, Program, TensorSpec } from '../../src/tensor/ops.ts';
import { type Traced, tape } from '../../src/tensor/tape.ts';
import { openGolden } from './golden-checkpoint.ts';

/** Relative to the norm of a weight's gradient. */
const TOLERANCE = 1e-4;

const NETS = [
  { name: 'gpt2-tiny-ar', attention: { kind: 'causal' } },
  { name: 'diffugpt-tiny', attention: { kind: 'full' } },
  { name: 'llama-tiny-ar', attention: { kind: 'causal' } },
] as const;
const ENGINES = [
  { engine: 'onnx', make: () => onnxEngine({ threads: 1 }) },
  { engine: 'tfjs', make: () => tfjsEngine() },
  { engine: 'reference', make: async () => referenceEngine() },
];

type LossInput = ReadoutInput | 'weights';
type LossFeeds = Readonly<Record<LossInput, HostTensor>>;

const ROWS: Readonly<Record<'rows' | 'targets' | 'weights', TensorSpec>> = {
  rows: { dtype: 'int32', dims: ['R'] },
  targets: { dtype: 'int32', dims: ['R'] },
  weights: { dtype: 'float32', dims: ['R'] },
};

/** The loss and its gradient by every weight, for feeds of these sizes. */
function lossProgram({ architecture, tensors }: Checkpoint, feeds: LossFeeds): Program<LossInput, string> {
  const inputs = Object.fromEntries(
    Object.entries<TensorSpec>(inputsOf(architecture, ROWS)).map(([name, { dtype }]) => [
      name,
      { dtype, dims: feeds[name as LossInput].dims },
    ]),
  ) as Record<LossInput, TensorSpec>;
  const names = [...tensors.keys()];
  const outputs = names.map((name) => [name, { dtype: 'float32', dims: tensors.get(name)?.shape }]);
  return {
    name: 'loss and gradients',
    inputs,
    outputs: { loss: { dtype: 'float32', dims: [] }, ...Object.fromEntries(outputs) },
    build: (ops, given) => {
      type T = (typeof given)[LossInput];
      const parameters = new Map<string, Traced<T>>();
      const made = tape<T>(ops, (name) => parameters.get(name) as Traced<T>);
      for (const [name, { shape }] of tensors) parameters.set(name, made.parameter(ops.weight(name), shape));
      const traced = Object.fromEntries(
        Object.entries<TensorSpec>(inputs).map(([name, { dims }]) => [
          name,
          made.constant(given[name as LossInput], dims),
        ]),
      ) as Record<LossInput, Traced<T>>;
      const losses = crossEntropy(made.ops, logitsAt(made.ops, architecture, traced), traced.targets);
      const loss = made.ops.sumTo(made.ops.mul(traced.weights, losses), made.ops.scalar(0));
      const gradients = made.gradients(loss, [...parameters.values()]);
      return { loss: loss.value, ...Object.fromEntries(names.map((name, i) => [name, gradients[i] as T])) };
    },
  };
}

/** Two sequences of unequal length; repeated tokens, so that rows of the embedding are read more than once. */
function feedsOf({ architecture }: Checkpoint, attention: AttentionPattern): LossFeeds {
  const lengths = [9, 6];
  const packed = packSequences(
    architecture,
    lengths.map((length, b) => ({
      ids: Int32Array.from({ length }, (_, i) => (37 * b + 11 * (i % 5)) % 380),
      positions: countingPositions(length),
      attention,
      reads: Array.from({ length: length - 1 }, (_, row) => ({ row, target: (53 * row + 7 * b) % 380 })),
    })),
  );
  const reads = lengths.reduce((sum, length) => sum + length - 1, 0);
  const count = packed.rows.dims[0] as number; // rows that fill the batch up weigh nothing
  const weights = Float32Array.from({ length: count }, (_, r) => (r < reads ? (1 + (r % 3)) / reads : 0));
  return { ...packed, weights: { dims: [count], data: weights } };
}

/** The same loss, differentiated by tfjs. */
async function differentiate(
  runtime: TfjsRuntime,
  { architecture, tensors }: Checkpoint,
  feeds: LossFeeds,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { tf } = runtime;
  const names = [...tensors.keys()];
  const values = await Promise.all([...tensors.values()].map(readWeight));
  const gradients = tf.tidy(() => {
    const weights = names.map((name, i) => tf.tensor(values[i] as Float32Array, [...(tensors.get(name)?.shape ?? [])]));
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [
        name,
        tf.tensor(data, [...dims], data instanceof Int32Array ? 'int32' : 'float32'),
      ]),
    ) as Record<LossInput, Tensor>;
    const loss = (...by: Tensor[]): Tensor => {
      const ops = tensorOps(runtime, (name) => by[names.indexOf(name)] as Tensor);
      const losses = crossEntropy(ops, logitsAt(ops, architecture, inputs), inputs.targets);
      return tf.sum(tf.mul(inputs.weights, losses));
    };
    return tf.grads(loss)(weights);
  });
  const found = new Map(names.map((name, i) => [name, gradients[i]?.dataSync() as Float32Array]));
  tf.dispose(gradients);
  return found;
}

describe.each(NETS)('$name', ({ name, attention }) => {
  let checkpoint: Checkpoint;
  let feeds: LossFeeds;
  let expected: ReadonlyMap<string, Float32Array>;
  beforeAll(async () => {
    checkpoint = await openGolden(name);
    feeds = feedsOf(checkpoint, attention);
    const runtime = await loadTfjs();
    const before = runtime.tf.memory().numTensors;
    expected = await differentiate(runtime, checkpoint, feeds);
    expect(runtime.tf.memory().numTensors).toBe(before);
  }, 60_000);

  it.each(ENGINES)("the tape's gradients on $engine are those of tfjs, entry by entry", async ({ make }) => {
    const executable = await (await make()).compile(lossProgram(checkpoint, feeds), checkpoint.tensors);
    const { loss, ...found } = await executable.run(feeds);
    await executable.dispose();
    expect(loss?.data[0]).toBeGreaterThan(1);
    for (const [weight, want] of expected) {
      const norm = Math.hypot(...want);
      expect(norm, weight).toBeGreaterThan(0);
      const error = Math.hypot(...want.map((value, i) => value - (found[weight]?.data[i] as number)));
      expect(error / norm, weight).toBeLessThan(TOLERANCE);
    }
  });
});
