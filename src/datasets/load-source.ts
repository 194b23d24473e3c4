import type { DataSource } from '../core/data-source.ts';
import { HarnessError } from '../core/errors.ts';
import { digestOf } from '../core/text/digest.ts';
import { findFile, type LocateOptions, locateSource } from './locate.ts';
import { type LockedSource, lockedSource } from './lock.ts';

/**
 * The rows of the first source whose files are here, verified; all rows or none. Made rows are always here.
 *
 * @param sources one or more, in order of preference
 * @throws HarnessError 'missing-dataset' when none is here (named by the first), 'bad-dataset' when a file is not the locked one
 */
export async function loadSource<Row>(
  sources: readonly DataSource<Row>[],
  options: LocateOptions,
): Promise<readonly Row[]> {
  const source = sources.find((each) => isHere(each, options)) ?? sources[0];
  if (source === undefined) throw new RangeError('loadSource: needs at least one source');
  return readSource(source, options);
}

/** Whether every file of a source lies somewhere; rows that are made or come with the code are always here. */
export function isHere(
  { name, local }: Pick<DataSource<unknown>, 'name' | 'local'>,
  { dataDir, lock }: LocateOptions,
): boolean {
  return local === true || lockedSource(name, lock).files.every((file) => findFile(file, dataDir) !== null);
}

/** All rows of a source, held against the lock, if they are in it: its files and their number, or the digest of what was made. */
export async function readSource<Row>(source: DataSource<Row>, options: LocateOptions): Promise<readonly Row[]> {
  if (source.local === true) return source.read((file) => file);
  const { locked, path } = await locateSource(source.name, options);
  const rows = await source.read(path);
  if (rows.length !== locked.rows) {
    throw new HarnessError('bad-dataset', `${source.name}: expected ${locked.rows} rows, found ${rows.length}`);
  }
  requireMade(source.name, locked, rows);
  return rows;
}

/** @throws HarnessError 'bad-dataset' where rows are made, and not those of the lock */
export function requireMade(name: string, { made }: LockedSource, rows: readonly unknown[]): void {
  if (made === undefined || digestOf(rows) === made) return;
  throw new HarnessError('bad-dataset', `${name}: expected made rows with SHA-256 ${made}, found ${digestOf(rows)}`, {
    hint: 'a generator has changed: raise its version and the version of the task, and pin the new rows',
  });
}
