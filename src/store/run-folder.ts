/** Where a run lives: `<out>/<model>-<task>-<protocol>-<first 12 digits of the run id>/`. */
import { access, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badArguments } from '../core/errors.ts';
import type { RunManifest } from '../core/manifest.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import { sha256 } from '../core/text/digest.ts';
import { isFile } from '../files/file-bytes.ts';
import { unreadableFile } from '../files/unreadable-file.ts';

/** Names of the files in a run folder; `results/README.md` documents them. */
export const RUN_FILES = {
  manifest: 'manifest.json',
  records: 'records.jsonl',
  /** Missing in runs of earlier versions. */
  questions: 'questions.jsonl.gz',
  /** Only where a session was asked to keep the steps of texts. */
  traces: 'traces.jsonl.gz',
  environment: 'environment.json',
  summary: 'summary.json',
  lock: 'lock',
} as const;

const DIGITS = 12;
/** Leaves room for the digest, and for `.tmp`, within the 255 bytes that file systems allow. */
const SLUG_LENGTH = 120;

/** The run's identity: SHA-256 of the canonical JSON of its manifest, which is also what `sha256sum manifest.json` prints. */
export function runId(manifest: RunManifest): string {
  return sha256(canonicalJson(manifest));
}

export function runFolder(out: string, manifest: RunManifest): string {
  return join(out, `${runSlug(manifest)}-${runId(manifest).slice(0, DIGITS)}`);
}

/** The part of a run id that a folder's name carries; null when the folder has been given another kind of name. */
export function digestInName(folderName: string): string | null {
  return new RegExp(`-([0-9a-f]{${DIGITS}})$`).exec(folderName)?.[1] ?? null;
}

/** For people only: a model given as a path goes by its last part, and what file systems dislike becomes `-`. */
function runSlug(manifest: RunManifest): string {
  const model = manifest.model.name.split(/[\\/]/).findLast((part) => /\w/.test(part)) ?? 'model';
  return [model, manifest.task.name, manifest.settings.protocol]
    .join('-')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, SLUG_LENGTH);
}

/**
 * The folders directly in `out` that hold a manifest, by name. Links are followed, and a run that is there twice, as itself and as
 * what a link names, is listed once, as itself. A missing folder has none.
 *
 * @throws HarnessError 'store-corrupt' where the folder cannot be read
 */
export async function runFoldersIn(out: string): Promise<readonly string[]> {
  const entries = await readdir(out, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unreadableFile(out, error);
  });
  const byPlace = new Map<string, string>();
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  const linksLast = folders.sort(
    (a, b) => Number(a.isSymbolicLink()) - Number(b.isSymbolicLink()) || (a.name < b.name ? -1 : 1),
  );
  for (const { name } of linksLast) {
    const folder = join(out, name);
    if (!(await isRun(folder))) continue;
    const place = await realpath(folder).catch(() => folder);
    if (!byPlace.has(place)) byPlace.set(place, folder);
  }
  return [...byPlace.values()].sort();
}

/** Whether a name is that of a file which the store keeps in a run folder, or set aside there. */
const isOfStore = (name: string): boolean =>
  Object.values<string>(RUN_FILES).includes(name) || /^(records|environment)\.damaged-\d+\.jsonl?$/.test(name);

/**
 * Refuses to write a file in the place of one of a stored run.
 *
 * @param flag that names it
 * @param file links followed
 * @throws HarnessError 'bad-arguments'
 */
export async function refuseStored(flag: string, file: string): Promise<void> {
  const folder = dirname(file);
  if (!isOfStore(basename(file)) || !(await isFile(join(folder, RUN_FILES.records))) || !(await isRun(folder))) return;
  const message = `${flag}: expected a file that is no part of a stored run, found ${basename(file)} of the run in ${folder}`;
  throw badArguments(message, 'name another file; what is stored of a run is not replaced');
}

/** Whether a folder holds a run's manifest, or does not let anyone see whether it does. */
export async function isRun(folder: string): Promise<boolean> {
  return access(join(folder, RUN_FILES.manifest)).then(
    () => true,
    (error: NodeJS.ErrnoException) => !['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? ''),
  );
}
