/** `bench data list | verify | pull`: which data sets are here, are they the locked ones, fetch them. */
import { FURTHER_SOURCES } from '../../../tasks/further-sources.ts';
import { ALL_TASKS } from '../../../tasks/index.ts';
import { HarnessError } from '../../core/errors.ts';
import type { TaskPlugin } from '../../core/task.ts';
import { oneOf } from '../../core/text/nearest.ts';
import { requireMade } from '../../datasets/load-source.ts';
import { dataFolders, findFile, locateSource } from '../../datasets/locate.ts';
import { dataLock, lockedSource, sourceNames } from '../../datasets/lock.ts';
import { address, isPullable, pullSource, type PullOptions as SourcePull } from '../../datasets/pull.ts';
import type { OptionsOf } from '../../options/option.ts';
import { dataDir, json } from '../../options/shared.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';

const ACTIONS = ['list', 'verify', 'pull'] as const;
const OPTIONS = { dataDir, json };

interface DataVerbOptions extends OptionsOf<typeof OPTIONS> {
  readonly action: (typeof ACTIONS)[number];
  readonly names: readonly string[];
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'data verify': 'check the SHA-256 of every file that is here',
    'data pull piqa': 'download the files of one task',
  },
  settle: (given, [action = '', ...names]): DataVerbOptions => ({
    ...given,
    action: oneOf('action', action, ACTIONS, 'bench data --help'),
    names,
  }),
  run,
});

async function run(options: DataVerbOptions, io: CommandIo): Promise<number> {
  const pull = () => dataPull({ ...options, signal: io.signal, onProgress: pullProgress(io) });
  const act = { list: () => dataList(options), verify: () => dataVerify(options), pull }[options.action];
  const { document, text, exitCode } = await act();
  io.stdout(options.json ? `${JSON.stringify(document, null, 2)}\n` : endLine(text));
  return exitCode;
}

/** One line that is redrawn on a terminal; nothing elsewhere. */
function pullProgress(io: CommandIo): (progress: { file: string; received: number; total: number | null }) => void {
  return ({ file, received, total }) => {
    if (!io.isTerminal) return;
    const share = total === null ? '' : ` of ${(total / 1e6).toFixed(1)}`;
    io.stderr(`\r\x1b[K${file} ${(received / 1e6).toFixed(1)}${share} MB${received === total ? '\n' : ''}`);
  };
}

const endLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

export interface DataOptions {
  /** Task names (`piqa`) or names of one source (`hellaswag/text`); none = all. */
  readonly names: readonly string[];
  /** null = `BENCH_DATA_DIR`, then the cache folder. */
  readonly dataDir: string | null;
}

export interface PullOptions extends DataOptions, Pick<SourcePull, 'onProgress' | 'signal' | 'fetch'> {}

/** What a data command found: for people, for machines, for the shell. */
export interface DataOutcome<Document> {
  readonly text: string;
  /** What `--json` prints. */
  readonly document: Document;
  readonly exitCode: number;
}

export interface ListedSource {
  readonly source: string;
  readonly rows: number;
  readonly licence: string;
  readonly origin: string;
  readonly files: readonly { readonly name: string; readonly path: string | null; readonly from: string }[];
  /** Every file is here (its content is not looked at: see verify). */
  readonly present: boolean;
}

/** Every locked source and where its files are. */
export async function dataList(options: DataOptions): Promise<DataOutcome<readonly ListedSource[]>> {
  const document = selected(options.names).map((source): ListedSource => {
    const { rows, licence, origin, files } = lockedSource(source);
    const found = files.map((file) => ({
      name: file.name,
      path: findFile(file, options.dataDir),
      from: isPullable(file) ? address(file) : origin,
    }));
    return { source, rows, licence, origin, files: found, present: found.every(({ path }) => path !== null) };
  });
  const lines = document.map(({ source, rows, licence, files, present }) => [
    source,
    present ? 'present' : 'missing',
    String(rows),
    licence,
    files.map(({ name, path }) => path ?? name).join('\n'),
  ]);
  const table = textTable(['source', 'state', 'rows', 'licence', 'files'], lines, { right: [2] });
  return { text: `${table}${adviceText(document, options.dataDir)}`, document, exitCode: EXIT.ok };
}

/** How to get what is missing: the command where one can fetch it, else the place to get it from. */
function adviceText(listed: readonly ListedSource[], dataDir: string | null): string {
  const missing = listed.filter(({ present }) => !present).map(({ source }) => source);
  const isFetched = (source: string) => lockedSource(source).files.every(isPullable);
  const fetched = missing.filter(isFetched);
  const into = dataDir === null ? '' : ` --data-dir ${dataDir}`;
  const command = fetched.length === 0 ? [] : [`\nTo download: bench data pull ${fetched.join(' ')}${into}`];
  const byHand = missing
    .filter((source) => !isFetched(source))
    .map((source) => {
      const { origin, files } = lockedSource(source);
      return `By hand: ${files.map(({ name }) => name).join(', ')} below ${dataFolders(dataDir)[0]}, from ${origin}`;
    });
  return [...command, ...byHand].map((line) => `${line}\n`).join('');
}

export interface VerifiedSource {
  readonly source: string;
  /** `missing`: a file is in no data folder. */
  readonly state: 'ok' | 'missing' | 'wrong';
  /** What is wrong or missing; null = nothing. */
  readonly problem: string | null;
  readonly files: readonly { readonly name: string; readonly path: string; readonly sha256: string }[];
  /** Recounted from the files; null unless they could be read. */
  readonly rows: number | null;
  /** Index of the right answer -> rows, recounted; null for tasks without choices. */
  readonly labels: Readonly<Record<string, number>> | null;
}

/**
 * Hashes every file that is here, reads its rows and counts them and their labels again. Fails when a file is
 * not the locked one, or when a named data set is not here.
 */
export async function dataVerify(options: DataOptions): Promise<DataOutcome<readonly VerifiedSource[]>> {
  const document: VerifiedSource[] = [];
  for (const source of selected(options.names)) document.push(await verified(source, options.dataDir));
  const lacking = options.names.filter(
    (name) => !document.some(({ source, state }) => state === 'ok' && sourceNames(name).includes(source)),
  );
  const lines = document.map(({ source, state, rows, labels, files, problem }) => [
    source,
    state,
    rows === null ? '' : String(rows),
    labels === null ? '' : Object.values(labels).join('/'),
    problem ?? files.map(({ name, sha256 }) => `${name} ${sha256}`).join('\n'),
  ]);
  const head = ['source', 'state', 'rows', 'labels', 'files and their SHA-256'];
  const text = textTable(head, lines, { right: [2] });
  const exitCode = document.some(({ state }) => state === 'wrong') || lacking.length > 0 ? EXIT.failure : EXIT.ok;
  return { text, document, exitCode };
}

async function verified(source: string, dataDir: string | null): Promise<VerifiedSource> {
  const nothing = { source, files: [], rows: null, labels: null };
  try {
    const located = await locateSource(source, { dataDir });
    const { rows, labels } = await recount(source, located.path);
    const { locked } = located;
    const files = locked.files.map(({ name, sha256 }) => ({ name, path: located.path(name), sha256 }));
    const expected = `${locked.rows} rows, labels ${JSON.stringify(locked.labels)}`;
    const found = `${rows} rows, labels ${JSON.stringify(labels)}`;
    const same = expected === found;
    const problem = same ? null : `expected ${expected}, found ${found}`;
    return { source, state: same ? 'ok' : 'wrong', problem, files, rows, labels };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { ...nothing, state: error.code === 'missing-dataset' ? 'missing' : 'wrong', problem: error.message };
  }
}

async function recount(
  source: string,
  path: (file: string) => string,
): Promise<{ rows: number; labels: Readonly<Record<string, number>> | null }> {
  const task = ALL_TASKS.find((candidate) => candidate.sources.some(({ name }) => name === source));
  const reader = [...(task?.sources ?? []), ...FURTHER_SOURCES].find(({ name }) => name === source);
  if (reader === undefined) throw new RangeError(`nothing reads ${source}`);
  const rows = await reader.read(path);
  requireMade(source, lockedSource(source), rows);
  return { rows: rows.length, labels: task === undefined || task.chance === null ? null : labelCounts(task, rows) };
}

/** Keys in ascending order. */
function labelCounts(task: TaskPlugin, rows: readonly unknown[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const gold = String(task.protocols.canonical?.question(row).gold);
    counts[gold] = (counts[gold] ?? 0) + 1;
  }
  return counts;
}

export interface PulledSource {
  readonly source: string;
  readonly files: readonly { readonly path: string; readonly state: 'fetched' | 'present' }[];
}

/**
 * Fetches the named data sets. A task name fetches the first of its sources that a command can fetch.
 *
 * @throws HarnessError 'bad-arguments' without names; 'missing-dataset' and 'bad-dataset' as `pullSource`
 */
export async function dataPull(options: PullOptions): Promise<DataOutcome<readonly PulledSource[]>> {
  if (options.names.length === 0) {
    throw new HarnessError('bad-arguments', 'expected the names of data sets to pull, found none', {
      hint: `bench data pull ${taskNames().join(' ')}`,
    });
  }
  const document: PulledSource[] = [];
  for (const name of options.names) {
    const candidates = sourceNames(name);
    const source = candidates.find((each) => lockedSource(each).files.every(isPullable)) ?? candidates[0] ?? name;
    const pulled = await pullSource(source, options);
    document.push({ source, files: pulled.map(({ path, state }) => ({ path, state })) });
  }
  const lines = document.flatMap(({ source, files }) => files.map(({ path, state }) => [source, state, path]));
  return {
    text: textTable(['source', 'state', 'file'], lines),
    document,
    exitCode: EXIT.ok,
  };
}

/** Names of sources, in the order asked; all when none is named. */
function selected(names: readonly string[]): readonly string[] {
  if (names.length === 0) return Object.keys(dataLock().sources);
  return [...new Set(names.flatMap((name) => sourceNames(name)))];
}

function taskNames(): readonly string[] {
  return [...new Set(Object.keys(dataLock().sources).map((name) => name.slice(0, name.indexOf('/'))))];
}
