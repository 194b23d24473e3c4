/** The rows of a task: from the first of its sources whose files are present, else its fixture. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataSource } from '../core/data-source.ts';
import type { TaskPlugin } from '../core/task.ts';
import { rowsDigest } from '../core/text/rows-digest.ts';
import { packageRoot } from '../files/package-root.ts';
import { isHere, readSource } from './load-source.ts';
import { findFile, type LocateOptions, locateSource } from './locate.ts';
import { lockedSource } from './lock.ts';
import { readJsonl } from './read-jsonl.ts';

export interface LoadOptions extends LocateOptions {
  /** First n rows only; null or absent = all. */
  readonly limit?: number | null;
  /** Use the hand-written rows when no source is present, instead of failing. */
  readonly allowFixtures: boolean;
  /** Use the hand-written rows, whatever is present. */
  readonly onlyFixtures?: boolean;
}

export interface LoadedTask<Row> {
  readonly rows: readonly Row[];
  /** Name of the data source, such as `piqa/jsonl`, or `fixture`. */
  readonly source: string;
  /** How the rows differ from the reference release; null = they are it. */
  readonly variant: string | null;
  /** `rowsDigest` of all rows of the source, after parsing: the same for any limit. */
  readonly digest: string;
  /** Rows of the source, before the limit. */
  readonly available: number;
  readonly usedFixtures: boolean;
}

/**
 * All rows: the manifest's digest is over the whole source, so that `--limit` prefixes share it. Who has pointed at a data
 * folder gets an error when the data is not there; who never has gets the built-in rows, and the table says so.
 */
export function loadRows<Row>(
  task: TaskPlugin<Row>,
  { dataDir, fixtures }: { readonly dataDir: string | null; readonly fixtures: boolean },
): Promise<LoadedTask<Row>> {
  const hasDataFolder = dataDir !== null || (process.env.BENCH_DATA_DIR ?? '') !== '';
  return loadTask(task, { dataDir, allowFixtures: fixtures || !hasDataFolder, onlyFixtures: fixtures });
}

/**
 * @throws HarnessError 'missing-dataset' when no source is present and fixtures are not allowed; 'bad-dataset' when a
 *         present file is not the locked one or a row does not parse (never silently skipped for the next source)
 */
export async function loadTask<Row>(task: TaskPlugin<Row>, options: LoadOptions): Promise<LoadedTask<Row>> {
  const source = options.onlyFixtures === true ? undefined : presentSource(task, options);
  if (source !== undefined) {
    const rows = await readSource(source, options);
    return loaded(task, rows, source.name, source.variant, options);
  }
  const [preferred] = task.sources;
  if (options.onlyFixtures !== true && !options.allowFixtures && preferred !== undefined) {
    await locateSource(preferred.name, options);
  }
  return loaded(task, await fixtureRows(task), 'fixture', 'hand-written rows, not the published data', options);
}

/**
 * The first source of which every file lies somewhere. Failing that, one of which a part does: reading it will name the
 * missing file, where falling back to the fixture would hide the mistake.
 */
function presentSource<Row>(task: TaskPlugin<Row>, options: LoadOptions): DataSource<Row> | undefined {
  const isPartlyHere = ({ name, local }: DataSource<Row>) =>
    local !== true && lockedSource(name, options.lock).files.some((file) => findFile(file, options.dataDir) !== null);
  return task.sources.find((source) => isHere(source, options)) ?? task.sources.find(isPartlyHere);
}

/** The hand-written rows of a task. */
export function fixtureRows<Row>({ fixture, rowSchema }: TaskPlugin<Row>): Promise<readonly Row[]> {
  const path = fixture instanceof URL ? fileURLToPath(fixture) : join(packageRoot(), 'tasks', 'fixtures', fixture);
  return readJsonl(path, rowSchema);
}

function loaded<Row>(
  task: TaskPlugin<Row>,
  rows: readonly Row[],
  source: string,
  variant: string | null,
  options: LoadOptions,
): LoadedTask<Row> {
  const limit = options.limit ?? rows.length;
  return {
    rows: rows.slice(0, limit),
    source,
    variant,
    digest: rowsDigest(task, rows),
    available: rows.length,
    usedFixtures: source === 'fixture',
  };
}
