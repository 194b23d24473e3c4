/**
 * Speed and memory of training, as ratios within one run: `node dist/scripts/bench-training.js [section …]`, sections
 * small, base, adapt (default: all). Run it on an idle machine. Arithmetic is counted as 6 · parameters · tokens, each tied
 * parameter once; the bare product is onnxruntime's best rate on one large matrix product, measured between the steps.
 */
import { readFileSync } from 'node:fs';
import type { Gpt2Architecture } from '../src/architectures/gpt2.ts';
import { netOfShape, weightShapes } from '../src/architectures/index.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import type { HostTensor } from '../src/tensor/ops.ts';
import { openTrainable } from '../src/training/open-trainable.ts';
import type { Trainable, TrainingBatch } from '../src/training/trainable.ts';
import { bareProduct } from './bench-scoring/forward-rate.ts';
import { secondsOf, verdict } from './bench-scoring/workbench.ts';

interface Load {
  readonly name: string;
  readonly net: Gpt2Architecture;
  readonly sequences: number;
  readonly length: number;
  /** Share of the bare product's rate that is asked for. */
  readonly target: number;
  readonly rounds: number;
}

const LOADS: Readonly<Record<string, Load>> = {
  small: {
    name: 'width 128, 3 layers, 700 rows, 64 x 52 tokens',
    net: netOfShape({ layers: 3, width: 128, heads: 4, context: 64 }, 700),
    sequences: 64,
    length: 52,
    target: 0.35,
    rounds: 12,
  },
  base: {
    name: 'width 768, 12 layers, 700 rows, 8 x 256 tokens',
    net: netOfShape({ layers: 12, width: 768, heads: 12, context: 256 }, 700),
    sequences: 8,
    length: 256,
    target: 0.5,
    rounds: 4,
  },
  adapt: {
    name: 'adaptation step of GPT-2 small, 8 x 512 tokens',
    net: netOfShape({ layers: 12, width: 768, heads: 12, context: 1024 }, 50257),
    sequences: 8,
    length: 512,
    target: 0.5,
    rounds: 2,
  },
};
const MEMORY_LIMIT = 20 * 2 ** 30;

async function measure({ name, net, sequences, length, target, rounds }: Load): Promise<string[]> {
  const initial = randomParameters(net);
  const parameters = [...initial.values()].reduce((sum, { data }) => sum + data.length, 0);
  const trainable = await openTrainable(net, await onnxEngine(), {
    optimizer: { betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0.1, clip: 1 },
    initial,
  });
  initial.clear();
  const batch = everyRow(net, sequences, length);
  const flops = 6 * parameters * sequences * length;
  const bare = await bareProduct();
  const first = await secondsOf(() => trainable.step([batch], 1e-4)); // builds the graph
  let [best, product, total] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let round = 0; round < rounds; round++) {
    product = Math.max(product, await bare());
    const seconds = await secondsOf(() => trainable.step([batch], 1e-4));
    total += seconds;
    best = Math.min(best, seconds);
  }
  const rate = flops / best / 1e9;
  const detail = [
    `${rate.toFixed(0)} of ${product.toFixed(0)} GFLOP/s, best of ${rounds}`,
    `${best.toFixed(3)} s a step (mean ${(total / rounds).toFixed(3)}, first ${first.toFixed(1)})`,
    `${(parameters / 1e6).toFixed(1)} M parameters`,
  ];
  await finish(trainable);
  return [verdict(name, rate / product, target, detail.join(', ')), memory(parameters)];
}

async function finish(trainable: Trainable): Promise<void> {
  const { steps } = await trainable.state();
  if (steps < 2) throw new Error('no step was applied: the loss was not finite');
  await trainable.dispose();
}

function memory(parameters: number): string {
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  const ok = peak <= MEMORY_LIMIT ? 'ok  ' : 'MISS';
  return `${ok} peak memory so far: ${gib(peak)} (limit ${gib(MEMORY_LIMIT)}), of which state ${gib(16 * parameters)}`;
}

/** Matrices of spread 0.02, gains one, biases zero: enough for the arithmetic to be that of training. */
function randomParameters(net: Gpt2Architecture): Map<string, HostTensor> {
  const initial = new Map<string, HostTensor>();
  for (const [name, dims] of weightShapes(net, net.vocabularyRows, !net.tiedHead)) {
    const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    let state = 12345 + initial.size;
    for (let i = 0; i < data.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const isMatrix = dims.length > 1;
      data[i] = isMatrix ? 0.07 * (state / 2 ** 32 - 0.5) : Number(name.endsWith('.weight'));
    }
    initial.set(name, { dims, data });
  }
  return initial;
}

/** Next-token training on every row. */
function everyRow(net: Gpt2Architecture, sequences: number, length: number): TrainingBatch {
  const ids = Int32Array.from(
    { length: sequences * length },
    (_, i) => (i * 7919 + (i >> 3) * 31) % net.vocabularyRows,
  );
  const rows = Int32Array.from(ids, (_, i) => i).filter((row) => row % length < length - 1);
  return {
    ids,
    sequences,
    length,
    attention: 'causal',
    rows,
    targets: rows.map((row) => ids[row + 1] as number),
    weights: new Float32Array(rows.length).fill(1 / rows.length),
  };
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in LOADS));
if (unknown !== undefined) {
  process.stderr.write(`unknown section "${unknown}"; known: ${Object.keys(LOADS).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : Object.keys(LOADS)) {
    for (const line of await measure(LOADS[name] as Load)) process.stdout.write(`${line}\n`);
  }
}
