/**
 * What a training run keeps in its folder while it runs: the state from which the next step follows, in one file that is
 * replaced whole, and a line of metrics a step. The state's step decides: later metrics are dropped on resuming.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StoredTensor } from '../checkpoints/checkpoint.ts';
import { readSafetensorsHeader } from '../checkpoints/formats/safetensors.ts';
import { readTensor } from '../checkpoints/formats/tensor-values.ts';
import { writeSafetensors } from '../checkpoints/formats/write-safetensors.ts';
import { HarnessError } from '../core/errors.ts';
import { isFile } from '../files/file-bytes.ts';
import { replaceFile } from '../files/replace-file.ts';
import { syncFolder } from '../files/sync-folder.ts';
import type { HostTensor } from '../tensor/ops.ts';
import type { HeldOutLoss } from './held-out-loss.ts';
import type { TrainingState } from './trainable.ts';

export const TRAINING_FILES = {
  run: 'run.json',
  config: 'config.json',
  state: 'state.safetensors',
  metrics: 'metrics.jsonl',
} as const;

/** One line of `metrics.jsonl`. Nothing in it depends on the machine's speed. */
export interface MetricsLine {
  /** Finished steps. */
  readonly step: number;
  readonly loss?: number;
  readonly gradientNorm?: number;
  readonly learningRate?: number;
  readonly heldOut?: readonly HeldOutLoss[];
  readonly accuracy?: readonly AccuracyLine[];
}

/** Share of held-out problems that were answered rightly. */
export interface AccuracyLine {
  readonly source: string;
  /** Diffusion steps T; null for autoregressive models. */
  readonly steps: number | null;
  readonly right: number;
  readonly problems: number;
}

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
    await mkdir(this.path, { recursive: true });
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
    for (const { name: full, dtype: _, ...place } of tensors) {
      const [kind = '', ...rest] = full.split(':');
      const name = rest.join(':');
      const stored: StoredTensor = { ...place, name, publishedName: full, dtype: 'F32' };
      const values: HostTensor = { dims: place.shape, data: await readTensor(stored) };
      maps[kind as keyof typeof maps].set(name, values);
    }
    const found = valuesDigest(maps);
    if (metadata.sha256 !== undefined && metadata.sha256 !== found) {
      throw new HarnessError(
        'store-corrupt',
        `${file} is damaged: expected values with SHA-256 ${metadata.sha256.slice(0, 12)}…, found ${found.slice(0, 12)}…`,
        { hint: 'restore it from a copy, or delete it to train again from the start' },
      );
    }
    const { parameter, first, second } = maps;
    return { steps: Number(metadata.steps), parameters: parameter, firstMoments: first, secondMoments: second };
  }

  /** Replaces the stored state; the metrics so far are on the disk before it. */
  async save(state: TrainingState, identity: string): Promise<void> {
    await this.#metrics?.sync();
    const { steps, parameters, firstMoments, secondMoments } = state;
    const maps = { parameter: parameters, first: firstMoments, second: secondMoments };
    const tensors = Object.entries(maps).flatMap(([kind, map]) =>
      [...map].map(([name, { dims, data }]) => ({
        name: `${kind}:${name}`,
        dtype: 'F32' as const,
        shape: dims,
        values: () => [data as Float32Array],
      })),
    );
    await writeSafetensors(join(this.path, TRAINING_FILES.state), tensors, {
      identity,
      steps: String(steps),
      sha256: valuesDigest(maps),
    });
    await syncFolder(this.path);
  }

  /** Drops metrics after `step` and what a kill left half-written, and goes on behind the rest. */
  async resumeMetrics(step: number): Promise<readonly MetricsLine[]> {
    const file = join(this.path, TRAINING_FILES.metrics);
    const kept = (await this.readMetrics()).filter((line) => line.step <= step);
    await replaceFile(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
    this.#metrics = await open(file, 'a');
    return kept;
  }

  async readMetrics(): Promise<readonly MetricsLine[]> {
    const text = await readFile(join(this.path, TRAINING_FILES.metrics), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as MetricsLine];
      } catch {
        return []; // the last line of a process that was killed
      }
    });
  }

  async append(line: MetricsLine): Promise<void> {
    await this.#metrics?.appendFile(`${JSON.stringify(line)}\n`);
  }

  async close(): Promise<void> {
    await this.#metrics?.sync();
    await this.#metrics?.close();
    this.#metrics = null;
  }
}

/** SHA-256 over names, shapes and values, by name. */
function valuesDigest(
  maps: Readonly<Record<'parameter' | 'first' | 'second', ReadonlyMap<string, HostTensor>>>,
): string {
  const hash = createHash('sha256');
  const named = Object.entries(maps).flatMap(([kind, map]) =>
    [...map].map(([name, each]) => [`${kind}:${name}`, each] as const),
  );
  for (const [name, { dims, data }] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, dims]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
