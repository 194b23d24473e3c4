/** Whole-forward rate of a GPT-2-small-shaped model against onnxruntime's rate on a bare matrix product, in one run. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { loadOnnxruntime } from '../../src/engines/onnx/library.ts';
import { encodeModel, valueInfo } from '../../src/engines/onnx/proto.ts';
import { forwardWith } from '../../src/lm/forward/forward.ts';
import { countingPositions, type Sequence } from '../../src/lm/forward/sequence.ts';
import { logprobProgram } from '../../src/programs/readout.ts';
import { checkShapes } from '../../src/tensor/shapes.ts';
import { secondsOf, verdict } from './workbench.ts';

const TOKENS = 8 * 512;
const ROUNDS = 6;

/** Rates for 8 rows of 512 tokens: rows packed with sequences of 128, and rows of one sequence; 25 % of rows read. */
export async function forwardRate(checkpoint: Checkpoint, engine: Engine): Promise<string[]> {
  const program = logprobProgram(checkpoint.architecture);
  const executable = await engine.compile(program, checkpoint.tensors);
  const forward = forwardWith(executable, checkpoint.architecture);
  const bare = await bareProduct();
  const lines: string[] = [];
  for (const length of [128, 512]) {
    const { sequences, flops } = scoringLoad(checkpoint, length);
    await forward(sequences);
    let [rate, product] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      product = Math.max(product, await bare());
      rate = Math.max(rate, flops / (await secondsOf(() => forward(sequences))) / 1e9);
      product = Math.max(product, await bare());
    }
    const detail = `${rate.toFixed(0)} of ${product.toFixed(0)} GFLOP/s, best of ${ROUNDS}, ${(flops / 1e9).toFixed(0)} GFLOP`;
    lines.push(
      verdict(`forward, 8 x 512 tokens in sequences of ${length}, 25 % of rows read`, rate / product, 0.85, detail),
    );
  }
  await executable.dispose();
  return lines;
}

/** 8 x 512 tokens as sequences of `length`, 25 % of rows read, and the arithmetic of their forward. */
export function scoringLoad(checkpoint: Checkpoint, length: number): { sequences: readonly Sequence[]; flops: number } {
  const sequences = Array.from({ length: TOKENS / length }, (_, i) => sequence(length, i));
  const sizes = { N: TOKENS, B: sequences.length, L: length, R: TOKENS / 4, B·L: TOKENS };
  const shapes = new Map([...checkpoint.tensors].map(([name, { shape }]) => [name, shape]));
  return { sequences, flops: checkShapes(logprobProgram(checkpoint.architecture), shapes, sizes).flops };
}

function sequence(length: number, seed: number): Sequence {
  const ids = Int32Array.from({ length }, (_, i) => (i * 7919 + seed * 104729) % 50257);
  const reads = Array.from({ length: length / 4 }, (_, r) => ({ row: 4 * r, target: (r * 31) % 50257 }));
  return { ids, positions: countingPositions(length), attention: { kind: 'causal' }, reads };
}

/** Measures GFLOP/s of [1024 x 1024] x [1024 x 4096], the best of a few. */
export async function bareProduct(): Promise<() => Promise<number>> {
  const ort = await loadOnnxruntime();
  const [rows, inner, columns] = [1024, 1024, 4096];
  const noise = (n: number) => Float32Array.from({ length: n }, (_, i) => ((i * 2654435761) % 1000) / 1000);
  const graph = encodeModel({
    name: 'product',
    node: [{ op_type: 'MatMul', domain: '', input: ['a', 'b'], output: ['c'], attribute: [] }],
    initializer: [
      { name: 'b', dims: [inner, columns], data_type: 1, raw_data: new Uint8Array(noise(inner * columns).buffer) },
    ],
    input: [valueInfo('a', 'float32', [rows, inner])],
    output: [valueInfo('c', 'float32', [rows, columns])],
  });
  const session = await ort.InferenceSession.create(graph);
  const a = new ort.Tensor('float32', noise(rows * inner), [rows, inner]);
  return async () => {
    let best = 0;
    for (let i = 0; i < 12; i++) {
      best = Math.max(best, (2 * rows * inner * columns) / (await secondsOf(() => session.run({ a }))) / 1e9);
    }
    return best;
  };
}
