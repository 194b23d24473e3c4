/** `training/run.json`: what a run is, so that the same command resumes it and another one is refused. */
import { join } from 'node:path';
import { z } from 'zod';
import { badArguments, HarnessError, type Refuse } from '../../core/errors.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { digestOf } from '../../core/text/digest.ts';
import { replaceFile } from '../../files/draft.ts';
import { requireEmptyFolder } from '../../files/empty-folder.ts';
import { isFile } from '../../files/file-bytes.ts';
import { parseBySchema, parseJson } from '../../files/json-file.ts';
import { readIfThere } from '../../files/read-line.ts';
import { flagOf } from '../../options/option.ts';
import { TRAINING_FILES } from '../training-folder.ts';
import { TRAINING_VERBS, type TrainingOptions, type TrainingVerb } from './options.ts';

export interface RunRecord {
  readonly verb: TrainingVerb;
  /** What decides the weights, as a file for `--config`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** SHA-256 of the data, of the tokenizer and of the weights that training begins with. */
  readonly digests: Readonly<Record<'data' | 'tokenizer' | 'init', string>>;
  /** The run whose last state this one began with. */
  readonly continues?: Continues;
}

export interface Continues {
  /** Steps that it had done. */
  readonly steps: number;
  /** SHA-256 of its record. */
  readonly run: string;
  /** SHA-256 of weights and moments, as its `state.safetensors` says. */
  readonly state: string;
}

/** The file that `--config` reads back to the same options, without what may change from one start to the next. */
export function configOf(options: TrainingOptions): Readonly<Record<string, unknown>> {
  const { verb: _verb, out: _out, json: _json, shift, arch, family, ...others } = options;
  const named = Object.entries(others).map(([key, value]) => [flagOf(key), value] as const);
  const all = {
    arch: arch === null ? null : Object.values(arch),
    family: family === null ? null : family === 'diffusion' ? 'diffusion' : 'ar',
    'no-shift': shift === null ? null : !shift,
    ...Object.fromEntries(named),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** Engines that pass over a number of threads; their bits do not depend on one that could be given. */
const WITHOUT_THREADS: readonly string[] = ['reference', 'tfjs'];

/**
 * Threads of a run: weights are fed to the engine while they change, and then the order of its sums, and with it their last bits, depends
 * on this number. The number that is given, else that of the run in the folder, else one a core.
 *
 * @returns null for engines that cannot choose
 */
export async function threadsOf(
  folder: string,
  { engine, threads }: Pick<TrainingOptions, 'engine' | 'threads'>,
  cores: number,
): Promise<number | null> {
  if (WITHOUT_THREADS.includes(engine)) return null;
  const stored = (await readRecord(folder))?.config.threads;
  return threads ?? (typeof stored === 'number' ? stored : cores);
}

/** What a run that ended before it had a record may leave in `training`: its configuration, its lock, drafts of files. */
const BEFORE_RECORD = /^(config\.json|lock(\..*)?|.*\.tmp)$/s;

/** What training neither replaces nor reads: its own folder, hidden files, logs, what a file system keeps at its root. */
const BESIDE_MODEL = /^(training|\..*|.*\.log|lost\+found)$/s;

/**
 * Training writes into a folder of its own: one with the record of a run, or one that holds nothing that it would replace.
 *
 * @param out folder for the model
 * @throws HarnessError 'bad-arguments' where it holds anything else, such as a model that was not trained there
 */
export async function requireOwnFolder(out: string): Promise<void> {
  const folder = join(out, 'training');
  if (await isFile(join(folder, TRAINING_FILES.run))) return;
  await requireEmptyFolder(out, '--out', (name) => BESIDE_MODEL.test(name));
  await requireEmptyFolder(folder, '--out', (name) => BEFORE_RECORD.test(name));
}

/** null in a new folder. */
export async function readRecord(folder: string): Promise<RunRecord | null> {
  const file = join(folder, TRAINING_FILES.run);
  const text = await readIfThere(file);
  if (text === null) return null;
  return parseBySchema(recordSchema, parseJson(text, file, 'it', damaged), file, damaged);
}

const damaged: Refuse = (file, what, options) =>
  new HarnessError('store-corrupt', `${file}: expected the record of a run, but ${what}`, { hint: HINT, ...options });

/**
 * Writes the record in a new folder; compares it in an old one. A run of an earlier version may not say with how many threads they began.
 *
 * @returns the run's identity: SHA-256 of the record
 * @throws HarnessError 'bad-arguments' naming the first key that differs, and both values
 */
export async function claimFolder(folder: string, record: RunRecord): Promise<string> {
  const stored = await readRecord(folder);
  if (stored !== null) {
    requireSame(folder, stored, record);
    return digestOf(stored);
  }
  await replaceFile(join(folder, TRAINING_FILES.config), `${JSON.stringify(record.config, null, 2)}\n`);
  await replaceFile(join(folder, TRAINING_FILES.run), `${JSON.stringify(record, null, 2)}\n`);
  return digestOf(record);
}

const recordSchema = z.strictObject({
  verb: z.enum(TRAINING_VERBS),
  config: z.record(z.string(), z.unknown()),
  digests: z.strictObject({ data: z.string(), tokenizer: z.string(), init: z.string() }),
  continues: z.strictObject({ steps: z.int().positive(), run: z.string(), state: z.string() }).exactOptional(),
});

const HINT = 'choose another --out, or delete the folder to begin again';
const LONGER = 'a finished run goes on for more steps with --continue FOLDER and another --out';

function requireSame(folder: string, stored: RunRecord, wanted: RunRecord): void {
  if (stored.verb !== wanted.verb) {
    throw badArguments(`${folder} holds a run of bench ${stored.verb}, not ${wanted.verb}`, HINT);
  }
  for (const { key, before, now } of differencesOf(stored.config, wanted.config)) {
    if (key === 'threads' && before === undefined) continue;
    if (key === 'threads') throw otherThreads(folder, before, now);
    const found = differenceText(folder, { key, before, now });
    throw badArguments(found, key === 'steps' ? LONGER : HINT);
  }
  requireSameDigests(folder, stored.digests, wanted.digests, HINT);
  if (canonicalJson(stored.continues ?? null) === canonicalJson(wanted.continues ?? null)) return;
  throw badArguments(`the run of --continue has changed since ${folder} was begun`, HINT);
}

/** A key of the configuration that two runs have differently. */
interface Difference {
  readonly key: string;
  readonly before: unknown;
  readonly now: unknown;
}

export function differencesOf(stored: RunRecord['config'], wanted: RunRecord['config']): readonly Difference[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(stored)])];
  return keys
    .map((key) => ({ key, before: stored[key], now: wanted[key] }))
    .filter(({ before, now }) => canonicalJson(before ?? null) !== canonicalJson(now ?? null));
}

/** Such as `--lr: OUT/training holds a run with 0.002, found 0.5`. */
export function differenceText(folder: string, { key, before, now }: Difference): string {
  const flag = `--${flagOf(key)}`;
  const isNothing = (value: unknown) => value === undefined || value === null;
  const shown = (value: unknown) => (isNothing(value) ? 'none' : JSON.stringify(value));
  const held = isNothing(before) ? `a run without ${flag}` : `a run with ${shown(before)}`;
  return `${flag}: ${folder} holds ${held}, found ${shown(now)}`;
}

/** @throws HarnessError 'bad-arguments' naming the first of data, tokenizer and starting model that is another one now */
export function requireSameDigests(
  folder: string,
  stored: RunRecord['digests'],
  wanted: RunRecord['digests'],
  hint: string,
): void {
  for (const [what, changed] of Object.entries(CHANGED) as [keyof typeof CHANGED, string][]) {
    if (stored[what] === wanted[what]) continue;
    throw badArguments(`the ${changed} changed since ${folder} was begun`, hint);
  }
}

function otherThreads(folder: string, before: unknown, now: unknown): HarnessError {
  const message = `--threads: ${folder} holds a run with ${before} (the last bits of its weights depend on it), found ${now}`;
  return badArguments(message, `leave --threads out to go on with ${before}, or choose another --out`);
}

const CHANGED = { data: 'training data have', tokenizer: 'tokenizer has', init: 'model of --init has' };
