/** Finds the files of a data source on this machine, and trusts none whose content is not the locked one. */
import { existsSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { badArguments, HarnessError } from '../core/errors.ts';
import { sha256 } from '../core/text/digest.ts';
import { cacheFolder } from '../files/package-root.ts';
import { isAbsence, isSystemError, systemWords } from '../files/system-error.ts';
import { type DataLock, dataLock, type LockedFile, type LockedSource, lockedSource } from './lock.ts';
import { readContent } from './read-text.ts';

export interface LocateOptions {
  /** Searched first; null = not given. */
  readonly dataDir: string | null;
  readonly lock?: DataLock;
}

/** Folders that may hold data sets, in order: `--data-dir`, `BENCH_DATA_DIR`, the cache folder. */
export function dataFolders(dataDir: string | null): readonly string[] {
  const named = [dataDir, process.env.BENCH_DATA_DIR].filter((folder) => folder != null && folder !== '');
  return [...(named as string[]), dataCache()];
}

/** Folder that a data set goes to: the one named, `BENCH_DATA_DIR`, or the cache. */
export function targetFolder(dataDir: string | null): string {
  return dataDir ?? (process.env.BENCH_DATA_DIR || dataCache());
}

const dataCache = (): string => join(cacheFolder(process.env), 'data');

/** Where a locked file lies, plain or as `.gz`; null when nowhere. Its content is not looked at. */
export function findFile(file: LockedFile, dataDir: string | null): string | null {
  for (const folder of dataFolders(dataDir)) {
    const path = join(folder, file.name);
    if (existsSync(path)) return path;
    if (existsSync(`${path}.gz`)) return `${path}.gz`;
  }
  return null;
}

/**
 * The verified local files of a source.
 *
 * @throws HarnessError 'missing-dataset' when a file is nowhere; 'bad-dataset' when its content is not the locked one, or where the
 *         system lets nobody see whether it is there; 'bad-arguments' where a data folder is a file
 */
export async function locateSource(name: string, options: LocateOptions) {
  const locked = lockedSource(name, options.lock);
  const paths = new Map<string, string>();
  for (const file of locked.files) {
    const path = findFile(file, options.dataDir);
    if (path === null) throw missing(name, locked, file, options.dataDir);
    await verifyFile(path, file, name, options.lock);
    paths.set(file.name, path);
  }
  return {
    locked,
    /** Local path of a file named in the lock. */
    path(file: string): string {
      const path = paths.get(file);
      if (path === undefined) throw new RangeError(`${name} has no file ${file}; it has ${[...paths.keys()].join()}`);
      return path;
    },
  };
}

/** @throws HarnessError 'bad-dataset' unless the content has the locked SHA-256 */
export async function verifyFile(
  path: string,
  file: LockedFile,
  source: string,
  lock: DataLock = dataLock(),
): Promise<void> {
  const found = await contentSha256(path);
  if (found === file.sha256) return;
  const twin = Object.entries(lock.sources).flatMap(([owner, { files }]) =>
    files.filter((other) => other.sha256 === found).map((other) => `it is ${other.name} of ${owner}: move it there`),
  )[0];
  throw new HarnessError('bad-dataset', `${path}: expected content with SHA-256 ${file.sha256}, found ${found}`, {
    hint: twin ?? `remove it, then: bench data pull ${source}`,
  });
}

const hashes = new Map<string, string>();

/** SHA-256 of a file's uncompressed content, computed once a process for each state (size, time) of the file. */
export async function contentSha256(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const state = JSON.stringify([path, size, mtimeMs]);
  const hash = hashes.get(state) ?? sha256(await readContent(path));
  hashes.set(state, hash);
  return hash;
}

function missing(name: string, locked: LockedSource, file: LockedFile, dataDir: string | null): HarnessError {
  const folders = dataFolders(dataDir);
  // Where folders are named, one's own cache is no news.
  for (const folder of folders.length > 1 ? folders.slice(0, -1) : folders) {
    const found = noFolder(folder, file) ?? notSeen(join(folder, file.name), name);
    if (found !== null) return found;
  }
  const target = join(targetFolder(dataDir), file.name);
  const origin = file.url ?? locked.origin;
  return new HarnessError('missing-dataset', `${name}: expected ${file.name}, found it in no data folder`, {
    hint: `bench data pull ${name}, or put the file from ${origin} at ${target}; without it only the built-in rows can be scored`,
  });
}

/** A data folder that is a file, perhaps the one that is looked for; null where it is none. */
function noFolder(folder: string, { name }: LockedFile): HarnessError | null {
  if (!isFileSync(folder)) return null;
  const path = resolve(folder);
  const isBelow = path.endsWith(`/${name}`) || path.endsWith(`/${name}.gz`);
  const hint = isBelow
    ? `--data-dir ${path.slice(0, path.lastIndexOf(`/${name}`))}`
    : `name the folder that holds ${name}`;
  return badArguments(`expected a folder of data, found the file ${folder}`, hint);
}

function isFileSync(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** Why nobody can see whether a file is there; null where it is not. */
function notSeen(path: string, source: string): HarnessError | null {
  try {
    statSync(path);
    return null;
  } catch (cause) {
    if (!isSystemError(cause) || isAbsence(cause)) return null;
    const { found, hint } = systemWords(cause);
    return new HarnessError('bad-dataset', `${source}: cannot read ${path}: ${found}`, { cause, hint });
  }
}
