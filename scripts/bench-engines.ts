/**
 * Forward rate of every engine on the same sequences, as ratios within one run: `node dist/scripts/bench-engines.js
 * [CHECKPOINT]`. Without a folder, a random checkpoint of GPT-2 small's shape is written to BENCH_SCRATCH. Run it on an idle
 * machine. Engines take turns, so that noise of the machine hits all alike.
 */
import type { Checkpoint } from '../src/checkpoints/checkpoint.ts';
import { openCheckpoint } from '../src/checkpoints/open.ts';
import { onnxEngine } from '../src/engines/onnx/engine.ts';
import { tfjsEngine } from '../src/engines/tfjs/engine.ts';
import { type OpenNet, openNet } from '../src/lm/forward/forward.ts';
import { countingPositions, type Sequence } from '../src/lm/forward/sequence.ts';
import { logprobProgram } from '../src/programs/readout.ts';
import { checkShapes } from '../src/tensor/shapes.ts';
import { checkpointOf, secondsOf } from './bench-scoring/workbench.ts';

const ROUNDS = 4;
const SEQUENCES = 8;
const LONGEST = 128;

const folder = process.argv[2];
const checkpoint = folder === undefined ? await checkpointOf('gpt2-small', 'gpt2') : await openCheckpoint(folder);
const { sequences, flops } = loadFor(checkpoint);
const engines = [await onnxEngine(), await onnxEngine({ threads: 1 }), await tfjsEngine()];
const labels = engines.map(({ name }, i) => (i === 1 ? `${name}, 1 thread` : name));
const nets: OpenNet[] = [];
for (const engine of engines) nets.push(await openNet(checkpoint, engine));
for (const { forward } of nets) await forward(sequences);
const best = nets.map(() => Number.POSITIVE_INFINITY);
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, { forward }] of nets.entries()) {
    best[i] = Math.min(best[i] as number, await secondsOf(() => forward(sequences)));
  }
}
for (const net of nets) await net.dispose();
labels.forEach((label, i) => {
  const seconds = best[i] as number;
  const rate = (flops / seconds / 1e9).toPrecision(3);
  const ratio = (seconds / (best[0] as number)).toPrecision(3);
  process.stdout.write(`${label}: ${seconds.toPrecision(3)} s, ${rate} GFLOP/s, ${ratio} times the first\n`);
});

/** Sequences of the same length, a quarter of their rows read, and the arithmetic of their forward. */
function loadFor({ architecture, tensors }: Checkpoint): { sequences: readonly Sequence[]; flops: number } {
  const length = Math.min(LONGEST, architecture.contextLength);
  const rows = architecture.vocabularyRows;
  const one = (seed: number): Sequence => ({
    ids: Int32Array.from({ length }, (_, i) => (i * 7919 + seed * 104729) % rows),
    positions: countingPositions(length),
    attention: { kind: 'causal' },
    reads: Array.from({ length: length / 4 }, (_, r) => ({ row: 4 * r, target: (r * 31) % rows })),
  });
  const N = SEQUENCES * length;
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  const sizes = { N, B: SEQUENCES, L: length, R: N / 4, B·L: N };
  return {
    sequences: Array.from({ length: SEQUENCES }, (_, i) => one(i)),
    flops: checkShapes(logprobProgram(architecture), shapes, sizes).flops,
  };
}
