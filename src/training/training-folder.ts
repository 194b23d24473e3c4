/**
 * What a training run keeps in its folder while it runs: the state from which the next step follows, in one file that is
 * replaced whole, and a line of metrics a step. The state's step decides: later metrics are dropped on resuming.
 */

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { StoredTensor } from '../checkpoints/checkpoint.ts';
import { readSafetensorsHeader } from '../checkpoints/formats/safetensors.ts';
import { readTensor } from '../checkpoints/formats/tensor-values.ts';
import { writeSafetensors } from '../checkpoints/formats/write-safetensors.ts';
import type { DeepReadonly } from '../core/deep-readonly.ts';
import { HarnessError, quoted } from '../core/errors.ts';
import { makeFolder, replaceFile, syncFolder } from '../files/draft.ts';
import { isFile } from '../files/file-bytes.ts';
import { jsonOrNull } from '../files/json-file.ts';
import { readIfThere } from '../files/read-line.ts';
import type { HostTensor } from '../tensor/ops.ts';
import { heldOutLossSchema } from './held-out-loss.ts';
import type { TrainingState } from './trainable.ts';

/** Names of what lies in `training` beside a trained model. */
export const TRAINING_FILES = {
  run: 'run.json',
  config: 'config.json',
  state: 'state.safetensors',
  metrics: 'metrics.jsonl',
} as const;

/** Share of held-out problems that were answered rightly. */
const accuracyLine = z.strictObject({
  source: z.string(),
  /** Diffusion steps T; null for autoregressive models. */
  steps: z.number().nullable(),
  right: z.number(),
  problems: z.number(),
});

const metricsLine = z.strictObject({
  /** Finished steps. */
  step: z.int().nonnegative(),
  loss: z.number().exactOptional(),
  gradientNorm: z.number().exactOptional(),
  learningRate: z.number().exactOptional(),
  heldOut: z.array(heldOutLossSchema).exactOptional(),
  accuracy: z.array(accuracyLine).exactOptional(),
});

export type AccuracyLine = DeepReadonly<z.infer<typeof accuracyLine>>;
/** One line of `metrics.jsonl`. Nothing in it depends on the machine's speed. */
export type MetricsLine = DeepReadonly<z.infer<typeof metricsLine>>;

export class TrainingFolder {
  readonly path: string;
  #metrics: FileHandle | null = null;

  /** @param path made if needed */
  constructor(path: string) {
    this.path = resolve(path);
  }

  /**
   * The stored state; null in a new folder.
   *
   * @throws HarnessError 'store-corrupt' when the file belongs to another configuration than `identity`
   */
  async load(identity: string): Promise<TrainingState | null> {
    await makeFolder(this.path);
    const file = join(this.path, TRAINING_FILES.state);
    if (!(await isFile(file))) return null;
    const { tensors, metadata } = await readSafetensorsHeader(file);
    if (metadata.identity !== identity) {
      throw new HarnessError('store-corrupt', `${file} belongs to another configuration than the one beside it`, {
        hint: 'choose another --out, or delete the folder to begin again',
      });
    }
    const maps = { parameter: new Map(), first: new Map(), second: new Map() } satisfies Record<
      string,
      Map<string, HostTensor>
    >;
    const damaged = (problem: string) =>
      new HarnessError('store-corrupt', `${file} is damaged: ${problem}`, {
        hint: 'restore it from a copy, or delete it to train again from the start',
      });
    const steps = Number(metadata.steps);
    if (!Number.isSafeInteger(steps) || steps < 0) {
      throw damaged(`expected a number of steps, found ${quoted(String(metadata.steps))}`);
    }
    for (const { name: full, dtype: _, ...place } of tensors) {
      const [kind = '', ...rest] = full.split(':');
      if (!Object.hasOwn(maps, kind)) throw damaged(`expected parameters and moments, found tensor ${quoted(full)}`);
      const name = rest.join(':');
      const stored: StoredTensor = { ...place, name, publishedName: full, dtype: 'F32' };
      const values: HostTensor = { dims: place.shape, data: await readTensor(stored) };
      maps[kind as keyof typeof maps].set(name, values);
    }
    const { parameter, first, second } = maps;
    const state = { steps, parameters: parameter, firstMoments: first, secondMoments: second };
    const found = stateDigest(state);
    if (metadata.sha256 !== undefined && metadata.sha256 !== found) {
      throw damaged(`expected values with SHA-256 ${metadata.sha256.slice(0, 12)}…, found ${found.slice(0, 12)}…`);
    }
    return state;
  }

  /** Replaces the stored state; the metrics so far are on the disk before it. */
  async save(state: TrainingState, identity: string): Promise<void> {
    await this.#metrics?.sync();
    const tensors = tensorsOf(state).map(([name, { dims, data }]) => ({
      name,
      dtype: 'F32' as const,
      shape: dims,
      values: () => [data as Float32Array],
    }));
    await writeSafetensors(join(this.path, TRAINING_FILES.state), tensors, {
      identity,
      steps: String(state.steps),
      sha256: stateDigest(state),
    });
    await syncFolder(this.path);
  }

  /** Writes the metrics of a run that this one continues; where there are metrics already they stay. */
  async beginMetrics(lines: readonly MetricsLine[]): Promise<void> {
    await makeFolder(this.path);
    const file = join(this.path, TRAINING_FILES.metrics);
    if (!(await isFile(file))) await replaceFile(file, textOf(lines));
  }

  /** Drops metrics after `step` and what a kill left half-written, and goes on behind the rest. */
  async resumeMetrics(step: number): Promise<readonly MetricsLine[]> {
    const file = join(this.path, TRAINING_FILES.metrics);
    const kept = (await this.readMetrics()).filter((line) => line.step <= step);
    await replaceFile(file, textOf(kept));
    this.#metrics = await open(file, 'a');
    return kept;
  }

  /** @throws HarnessError 'store-corrupt' naming a line that is none of metrics; what a kill left of the last one is passed over */
  async readMetrics(): Promise<readonly MetricsLine[]> {
    const file = join(this.path, TRAINING_FILES.metrics);
    const lines = ((await readIfThere(file)) ?? '').toString().split('\n');
    return lines.flatMap((line, at) => {
      const parsed = metricsLine.safeParse(jsonOrNull(line));
      if (parsed.success) return [parsed.data];
      if (line === '' || at === lines.length - 1) return [];
      const found = `found ${quoted(line)}`;
      throw new HarnessError('store-corrupt', `${file}, line ${at + 1}: expected the metrics of a step, ${found}`, {
        hint: 'restore it from a copy, or delete this line: its loss is then missing in the curve, weights do not depend on it',
      });
    });
  }

  async append(line: MetricsLine): Promise<void> {
    await this.#metrics?.appendFile(textOf([line]));
  }

  async close(): Promise<void> {
    await this.#metrics?.sync();
    await this.#metrics?.close();
    this.#metrics = null;
  }
}

const textOf = (lines: readonly MetricsLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Weights and moments by the names that they are stored under. */
function tensorsOf({ parameters, firstMoments, secondMoments }: TrainingState): [string, HostTensor][] {
  const maps = { parameter: parameters, first: firstMoments, second: secondMoments };
  return Object.entries(maps).flatMap(([kind, map]) =>
    [...map].map(([name, each]): [string, HostTensor] => [`${kind}:${name}`, each]),
  );
}

/** SHA-256 over the number of steps and names, shapes and values, by name. */
export function stateDigest(state: TrainingState): string {
  const hash = createHash('sha256').update(String(state.steps));
  for (const [name, { dims, data }] of tensorsOf(state).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, dims]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
