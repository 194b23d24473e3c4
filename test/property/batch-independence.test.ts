/**
 * The answer to a sequence never depends on its batch: bit for bit, whatever else is computed with it, in whatever order
 * and however many at once. `lm/forward/forward.ts` says what makes this so.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { permutation, type RandomStream, stream } from '../../src/core/numbers/random.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { loadTfjs } from '../../src/engines/tfjs/runtime.ts';
import type { BatchLimits } from '../../src/lm/forward/batches.ts';
import { forwardWith } from '../../src/lm/forward/forward.ts';
import {
  type AttentionPattern,
  countingPositions,
  type Forward,
  type Sequence,
} from '../../src/lm/forward/sequence.ts';
import { logprobProgram } from '../../src/programs/readout.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';
import { GOLDEN2, golden2Folder } from '../golden/golden2.ts';

const NETS = ['gpt2-tiny-ar', 'diffullama-tiny'];
/** Their noise is a row a sequence, so that a sequence alone has one. Not here where `../shared/golden2` is not. */
const TOLD_NETS = GOLDEN2 === null ? [] : ['mdlm-tiny', 'sedd-tiny', 'bd3lm-tiny'];
const ENGINES = [
  { engine: 'onnx', make: () => onnxEngine(), count: 90 },
  ...(['bfloat16', 'int8', 'int8x2', 'int4'] as const).map((dtype) => ({
    engine: `onnx in ${dtype}`,
    make: () => onnxEngine({ dtype }),
    count: 20,
  })),
  { engine: 'tfjs in WebAssembly', make: () => wasmEngine(), count: 20 },
];

const opened = (name: string) => (NETS.includes(name) ? openGolden(name) : openCheckpoint(golden2Folder(name)));

const CASES = [
  ...NETS.flatMap((name) => ENGINES.map((engine) => ({ ...engine, name }))),
  ...TOLD_NETS.flatMap((name) => ENGINES.slice(0, 3).map((engine) => ({ ...engine, count: 20, name }))),
];

describe.each(CASES)('$name on $engine', ({ name, make, count }) => {
  let forward: (limits: Partial<BatchLimits>) => Forward;
  let sequences: readonly Sequence[];

  beforeAll(async () => {
    const { architecture, tensors, digest } = await opened(name);
    const executable = await (await make()).compile(logprobProgram(architecture), tensors, { digest });
    forward = (limits) => forwardWith(executable, architecture, { limits });
    sequences = sequencesFor(architecture.vocabularyRows, count);
  });

  it('gives the same bits alone, in batches of 1 to 64 sequences, and in shuffled order', async () => {
    const alone = await forward({ sequences: 1 })(sequences);
    for (const limit of [2, 3, 7, 16, 64]) {
      expect(await forward({ sequences: limit })(sequences)).toEqual(alone);
    }
    const order = [...permutation(stream(12, 'order'), count)];
    const shuffled = await forward({})(order.map((i) => sequences[i] as Sequence));
    expect(order.map((_, at) => shuffled[order.indexOf(at)])).toEqual(alone);
  });

  it('gives the same bits under token budgets from one sequence to all', async () => {
    const small = await forward({ tokens: 1 })(sequences);
    expect(await forward({ tokens: 1e6, rows: 1e6, sequences: 1e6 })(sequences)).toEqual(small);
  });
});

it.each(NETS)('%s gives the same bits on one thread of onnxruntime and on two', async (name) => {
  const { architecture, tensors } = await openGolden(name);
  const sequences = sequencesFor(architecture.vocabularyRows, 90);
  const run = async (threads: number) => {
    const executable = await (await onnxEngine({ threads })).compile(logprobProgram(architecture), tensors);
    return forwardWith(executable, architecture)(sequences);
  };
  expect(await run(1)).toEqual(await run(2));
});

/** The native packages of tfjs, where one is installed, promise no such thing. */
async function wasmEngine(): Promise<Engine> {
  const withoutNative = async (name: string): Promise<unknown> => {
    if (name.includes('tfjs-node')) throw new Error('not for this test');
    return import(name);
  };
  return tfjsEngine(await loadTfjs(withoutNative));
}

const sequencesFor = (rows: number, count: number): readonly Sequence[] =>
  Array.from({ length: count }, (_, i) => randomSequence(stream(11, 'sequence', i), rows));

function randomSequence(random: RandomStream, rows: number): Sequence {
  const length = 2 + Math.floor(random.uniform(0) * 126);
  const ids = Int32Array.from({ length }, (_, i) => Math.floor(random.uniform(1 + i) * rows));
  const half = Math.floor(length / 2);
  const kinds: AttentionPattern[] = [
    { kind: 'causal' },
    { kind: 'full' },
    { kind: 'branches', prefix: half, branches: [length - half] },
    {
      kind: 'matrix',
      open: Uint8Array.from({ length: length ** 2 }, (_, e) =>
        e % (length + 1) === 0 || random.uniform(1000 + e) < 0.5 ? 1 : 0,
      ),
    },
  ];
  const attention = kinds[Math.floor(random.uniform(500) * kinds.length)] as AttentionPattern;
  const count = 1 + Math.floor(random.uniform(501) * Math.min(9, length));
  const reads = Array.from({ length: count }, (_, r) => ({
    row: Math.floor(random.uniform(600 + r) * length),
    target: Math.floor(random.uniform(700 + r) * rows),
  }));
  return { ids, positions: countingPositions(length), attention, reads, sigma: random.uniform(800) };
}
