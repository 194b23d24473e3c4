/** Reads `../shared/golden-formats`: small checkpoints in every format, and the numbers that a right loader gives (README there). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint.ts';
import { HarnessError } from '../../../src/core/errors.ts';
import type { Engine } from '../../../src/engines/engine.ts';
import { onnxEngine } from '../../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../../src/engines/reference.ts';
import { forwardWith } from '../../../src/lm/forward/forward.ts';
import { countingPositions } from '../../../src/lm/forward/sequence.ts';
import { logprobProgram } from '../../../src/programs/readout.ts';
import { sharedFolder } from '../../shared-folder.ts';

/** The folder of reference material beside the project; null where it was checked out without one. */
const folder = sharedFolder('golden-formats');
export const shared = folder === null ? null : dirname(folder);
export const SKIPPED = 'skipped where no ../shared/golden-formats is beside the project';

export const at = (...path: readonly string[]): string => join(shared ?? '', 'golden-formats', ...path);

export interface GoldenForward {
  readonly attention: 'causal' | 'full';
  readonly input_ids: readonly number[];
  readonly target_logprobs_f64: readonly number[];
  readonly argmax: readonly number[];
  readonly last_position_logprobs_f64?: readonly number[];
}

export interface GoldenTensor {
  readonly dtype: string;
  readonly sha256_of_float32: string;
}

export interface Refusal {
  readonly file?: string;
  readonly folder?: string;
  readonly why: string;
  readonly message_should_name?: readonly string[];
}

export function readGolden<Golden>(...path: readonly string[]): Golden {
  return JSON.parse(readFileSync(at(...path), 'utf8'));
}

/** SHA-256 of float32 values, little-endian, in order; -0 counts as 0. */
export function sha256OfFloat32(values: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.map((value) => (Number.isNaN(value) ? NaN : value + 0)).buffer))
    .digest('hex');
}

/** A float32 run against float64: near 1e-5 as a rule. The reference computes in float64 from the same float32 weights. */
export const ENGINES = [
  { name: 'onnx', make: () => onnxEngine({ threads: 2 }), tolerance: 1e-4 },
  { name: 'reference', make: async () => referenceEngine(), tolerance: 1e-5 },
] as const;

/** Compares every target log-probability, every most likely token, and the whole vocabulary at the last position. */
export async function worstDifference(
  engine: Engine,
  { architecture, tensors }: Checkpoint,
  expected: readonly GoldenForward[],
): Promise<number> {
  const executable = await engine.compile(logprobProgram(architecture), tensors);
  const forward = forwardWith(executable, architecture);
  let worst = 0;
  for (const { attention, input_ids, target_logprobs_f64, argmax, last_position_logprobs_f64 = [] } of expected) {
    const last = input_ids.length - 1;
    const reads = [
      ...target_logprobs_f64.map((_, row) => ({ row, target: input_ids[row + 1] as number })),
      ...(last_position_logprobs_f64.length === 0 ? [{ row: last, target: 0 }] : []),
      ...last_position_logprobs_f64.map((_, target) => ({ row: last, target })),
    ];
    const ids = Int32Array.from(input_ids);
    const positions = countingPositions(ids.length);
    const [found] = await forward([{ ids, positions, attention: { kind: attention }, reads }]);
    expect([...(found?.best ?? [])].slice(0, argmax.length)).toEqual(argmax);
    [...target_logprobs_f64, ...last_position_logprobs_f64].forEach((want, i) => {
      worst = Math.max(worst, Math.abs(want - (found?.logprobs[i] as number)));
    });
  }
  await executable.dispose();
  return worst;
}

/** A refusal is one sentence about a file, with the names that it should name: each of them, or one of "X or Y". */
export async function expectRefusal(attempt: Promise<unknown>, names: readonly string[] = []): Promise<void> {
  const error = await attempt.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HarnessError);
  const { message } = error as HarnessError;
  expect(message).not.toMatch(/\n/);
  for (const name of names) {
    expect(
      name.split(' or ').some((each) => message.includes(each)),
      `${message} should name ${name}`,
    ).toBe(true);
  }
}
