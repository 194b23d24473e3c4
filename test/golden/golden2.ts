/**
 * The second set of golden folders: architectures beyond GPT-2 and LLaMA. They lie beside the project, in `../shared/golden2`
 * (its README has the traps that tests name by number); where they are absent, tests on them are skipped and say so.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import type { Executable } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { forwardWith, packSequences } from '../../src/lm/forward/forward.ts';
import {
  type AttentionPattern,
  countingPositions,
  type Forward,
  type Sequence,
} from '../../src/lm/forward/sequence.ts';
import { logitsProgram, logprobProgram, type ReadoutInput } from '../../src/programs/readout.ts';
import { sharedFolder } from '../shared-folder.ts';

export const GOLDEN2 = sharedFolder('golden2');
export const SKIPPED = GOLDEN2 === null ? ' (skipped: no ../shared/golden2)' : '';

export const golden2Folder = (name: string): string => join(GOLDEN2 ?? '', name);

/** One JSON file of numbers; each test says which of its fields it reads. */
export function readGolden2<Fields>(name: string): Fields {
  const golden = JSON.parse(readFileSync(join(golden2Folder(name), 'golden.json'), 'utf8'));
  return 'same_values_as' in golden ? readGolden2(golden.same_values_as) : golden;
}

/** float32 against float32 with another order of summation, and float64 against it. */
export const ENGINES2 = [
  { engine: 'onnx', make: () => onnxEngine({ threads: 2 }), tolerance: 1e-4 },
  { engine: 'reference', make: async () => referenceEngine(), tolerance: 1e-5 },
] as const;

export interface OpenedNet {
  readonly checkpoint: Checkpoint;
  readonly forward: Forward;
  readonly logits: Executable<Exclude<ReadoutInput, 'targets'>, 'logits'>;
}

export async function openNet2(
  name: string,
  make: (typeof ENGINES2)[number]['make'],
  overrides: Parameters<typeof openCheckpoint>[1] = {},
): Promise<OpenedNet> {
  const checkpoint = await openCheckpoint(golden2Folder(name), overrides);
  const engine = await make();
  const logits = await engine.compile(logitsProgram(checkpoint.architecture), checkpoint.tensors);
  const readout = await engine.compile(logprobProgram(checkpoint.architecture), checkpoint.tensors);
  return { checkpoint, logits, forward: forwardWith(readout, checkpoint.architecture) };
}

/** All logits at some rows of a sequence. */
export async function logitsOf(net: OpenedNet, sequence: Omit<Sequence, 'reads'>, rows: readonly number[]) {
  const reads = rows.map((row) => ({ row, target: 0 }));
  const { logits } = await net.logits.run(packSequences(net.checkpoint.architecture, [{ ...sequence, reads }]));
  const width = net.checkpoint.architecture.vocabularyRows;
  return rows.map((_, i) => logits.data.subarray(i * width, (i + 1) * width));
}

export function sequenceOf(
  ids: ArrayLike<number>,
  attention: AttentionPattern,
  reads: Sequence['reads'] = [],
): Sequence {
  return { ids: Int32Array.from(ids), positions: countingPositions(ids.length), attention, reads };
}

export function worst(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...Array.from(expected, (want, i) => Math.abs((found[i] as number) - want)));
}
