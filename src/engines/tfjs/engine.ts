/**
 * TensorFlow.js as an engine: a kernel library that shares nothing with onnxruntime. Native where its package is installed,
 * else WebAssembly on one thread (tfjs 4.22 starts threads only in browsers).
 */

import type { Tensor } from '@tensorflow/tfjs';
import { HarnessError } from '../../core/errors.ts';
import type { HostTensor, Ops, Program, TensorSpec, WeightSource, Weights } from '../../tensor/ops.ts';
import type { Engine, Executable } from '../engine.ts';
import { SharedWeights } from '../shared-weights.ts';
import { readWeight } from '../weight-file.ts';
import { type Plan, planOf, runPlan } from './plan.ts';
import { loadTfjs, type Tf, type TfjsRuntime } from './runtime.ts';
import { FUSED_LAYERS, tensorOps } from './tensor-ops.ts';

/** @throws HarnessError 'engine' when tfjs cannot be loaded */
export async function tfjsEngine(runtime?: TfjsRuntime): Promise<Engine> {
  const loaded = runtime ?? (await loadTfjs());
  const store = weightStore(loaded.tf);
  return {
    name: loaded.name,
    dtype: 'float32',
    compile: (program, weights) => compile(loaded, store, program, weights),
  };
}

async function compile<In extends string, Out extends string>(
  runtime: TfjsRuntime,
  store: WeightStore,
  program: Program<In, Out>,
  weights: Weights,
): Promise<Executable<In, Out>> {
  const loaded = new Map<string, Tensor>();
  const ops = tensorOps(runtime, (name) => loaded.get(name) as Tensor);
  const plan: Plan<Tensor, Out> = planOf(program, weights, FUSED_LAYERS);
  let held: readonly WeightSource[] = [];
  const release = async (): Promise<void> => {
    const given = held;
    held = [];
    loaded.clear();
    await Promise.all(given.map((source) => store.release(source)));
  };
  try {
    // One after the other, so that only one is in JavaScript memory.
    for (const name of plan.weights) {
      const source = weights.get(name) as WeightSource;
      held = [...held, source];
      loaded.set(name, await store.acquire(source));
    }
  } catch (cause) {
    await release();
    throw cause instanceof HarnessError
      ? cause
      : failure(runtime, `load the weights of the ${program.name} program`, cause);
  }
  const outputs = Object.keys(program.outputs) as Out[];
  return {
    run: async (feeds, wanted = outputs as never[], into) => {
      const results = await runOnce(runtime, ops, plan, program, feeds, wanted);
      for (const [i, name] of wanted.entries()) into?.[name]?.data.set(results[i]!.data);
      return Object.fromEntries(wanted.map((name, i) => [name, into?.[name] ?? results[i]])) as Record<
        (typeof wanted)[number],
        HostTensor
      >;
    },
    dispose: release,
  };
}

async function runOnce<In extends string, Out extends string>(
  runtime: TfjsRuntime,
  ops: Ops<Tensor>,
  plan: Plan<Tensor, Out>,
  program: Program<In, Out>,
  feeds: Readonly<Record<In, HostTensor>>,
  wanted: readonly Out[],
): Promise<readonly HostTensor[]> {
  const { tf } = runtime;
  const places = wanted.map((name) => plan.outputs[name]);
  let results: readonly Tensor[];
  try {
    results = runPlan(plan, places, {
      ops,
      input: (name) => inputTensor(tf, feeds[name as In], program.inputs[name as In]),
      scoped: (work) => tf.tidy(work),
      free: (tensor) => tensor.dispose(),
    });
  } catch (cause) {
    throw failure(runtime, `run the ${program.name} program`, cause);
  }
  const host = await Promise.all(results.map((tensor, i) => hostTensor(tensor, program.outputs[wanted[i] as Out])));
  const computed = new Set(results.filter((_, i) => plan.steps[places[i]!]?.kind !== 'weight'));
  for (const tensor of computed) tensor.dispose();
  return host;
}

function inputTensor(tf: TfjsRuntime['tf'], given: HostTensor | undefined, spec: TensorSpec): Tensor {
  if (given === undefined) throw new TypeError('a program input is missing');
  return tf.tensor(given.data, [...given.dims], spec.dtype);
}

async function hostTensor(tensor: Tensor, { dtype }: TensorSpec): Promise<HostTensor> {
  const data = (await tensor.data()) as Float32Array | Int32Array;
  if (tensor.dtype === dtype) return { dims: tensor.shape, data };
  return { dims: tensor.shape, data: dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data) };
}

function failure({ name, backend }: TfjsRuntime, what: string, cause: unknown): HarnessError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const limit = backend === 'wasm' ? 'WebAssembly has 4 GiB of memory: use' : 'Use';
  return new HarnessError('engine', `${name} could not ${what}: ${message}`, {
    hint: `${limit} a smaller --batch-tokens (--batch in training), or --engine onnx.`,
    cause,
  });
}

/** Weights as tensors in float32, whatever the files hold, read once and shared by every program of a model. */
export type WeightStore = SharedWeights<WeightSource, Tensor>;

function weightStore(tf: Tf): WeightStore {
  return new SharedWeights(
    async (source) => tf.tensor(await readWeight(source), [...source.shape], 'float32'),
    (tensor) => tensor.dispose(),
  );
}
