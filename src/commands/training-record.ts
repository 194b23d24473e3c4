/** `training/run.json`: what a run is, so that the same command resumes it and another one is refused. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../core/canonical-json.ts';
import { digestOf } from '../core/digest.ts';
import { HarnessError } from '../core/errors.ts';
import { atomicWrite } from '../store/atomic-write.ts';
import { jsonOrNull } from '../store/json-or-null.ts';
import { TRAINING_FILES } from '../training/training-folder.ts';
import type { TrainingOptions } from './training-options.ts';

export interface RunRecord {
  /** Options that decide the weights. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** SHA-256 of the data, of the tokenizer and of the weights that training begins with. */
  readonly digests: Readonly<Record<'data' | 'tokenizer' | 'init', string>>;
}

/** Without what may change from one start to the next. */
export function runRecord(
  { out: _out, threads: _threads, json: _json, ...configuration }: TrainingOptions,
  digests: RunRecord['digests'],
): RunRecord {
  return { configuration, digests };
}

/**
 * Writes the record in a new folder; compares it in an old one.
 *
 * @returns the run's identity: SHA-256 of the record
 * @throws HarnessError 'bad-arguments' naming the first key that differs, and both values
 */
export async function claimFolder(folder: string, record: RunRecord): Promise<string> {
  const file = join(folder, TRAINING_FILES.run);
  const text = await readFile(file, 'utf8').catch(() => null);
  const stored = text === null ? null : (jsonOrNull(text) as RunRecord | null);
  if (stored === null) await atomicWrite(file, `${JSON.stringify(record, null, 2)}\n`);
  else requireSame(folder, stored, record);
  return digestOf(record);
}

function requireSame(folder: string, stored: RunRecord, wanted: RunRecord): void {
  const hint = 'choose another --out, or delete the folder to begin again';
  for (const [key, value] of Object.entries(wanted.configuration)) {
    const before = stored.configuration[key];
    if (canonicalJson(before ?? null) === canonicalJson(value)) continue;
    throw new HarnessError(
      'bad-arguments',
      `--${flagName(key)}: ${folder} holds a run with ${JSON.stringify(before)}, found ${JSON.stringify(value)}`,
      { hint },
    );
  }
  for (const [what, digest] of Object.entries(wanted.digests)) {
    if (stored.digests[what as keyof RunRecord['digests']] === digest) continue;
    throw new HarnessError(
      'bad-arguments',
      `the ${MEANING[what as keyof typeof MEANING]} changed since ${folder} was begun`,
      {
        hint,
      },
    );
  }
}

const MEANING = { data: 'training data have', tokenizer: 'tokenizer has', init: 'model of --init has' };
const FLAGS: Readonly<Record<string, string>> = { shift: 'no-shift', verb: 'verb' };

function flagName(key: string): string {
  return FLAGS[key] ?? key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
