/** `bench data list | verify | pull`: which data sets are here, are they the locked ones, fetch them. */
import { badArguments } from '../../core/errors.ts';
import { oneOf } from '../../core/text/nearest.ts';
import { dataFolders, findFile } from '../../datasets/locate.ts';
import { lockedSource, sourceNames } from '../../datasets/lock.ts';
import { address, isPullable, pullSource, type PullOptions as SourcePull } from '../../datasets/pull.ts';
import type { OptionsOf } from '../../options/option.ts';
import { dataDir, json } from '../../options/shared.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { type CommandIo, EXIT, type Outcome, print } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';
import { type DataOptions, selected, setNames } from './chosen-sets.ts';
import { dataVerify } from './verify.ts';

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
    'data verify --data-dir ./data': 'the same, and every data set must be there',
    'data verify piqa': 'this one must be there',
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
  print(io, options, document, () => endLine(text));
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

export interface PullOptions extends DataOptions, Pick<SourcePull, 'onProgress' | 'signal' | 'fetch'> {}

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
export async function dataList(options: DataOptions): Promise<Outcome<readonly ListedSource[]>> {
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

export interface PulledSource {
  readonly source: string;
  readonly files: readonly { readonly path: string; readonly state: 'fetched' | 'present' }[];
}

/**
 * Fetches the named data sets. A task name fetches the first of its sources that a command can fetch.
 *
 * @throws HarnessError 'bad-arguments' without names; 'missing-dataset' and 'bad-dataset' as `pullSource`
 */
export async function dataPull(options: PullOptions): Promise<Outcome<readonly PulledSource[]>> {
  if (options.names.length === 0) {
    const hint = `bench data pull ${setNames().join(' ')}`;
    throw badArguments('expected the names of data sets to pull, found none', hint);
  }
  const document: PulledSource[] = [];
  for (const name of options.names) {
    const candidates = sourceNames(name);
    const source = candidates.find((each) => lockedSource(each).files.every(isPullable)) ?? candidates[0] ?? name;
    const pulled = await pullSource(source, options);
    document.push({ source, files: pulled.map(({ path, state }) => ({ path, state })) });
  }
  const lines = document.flatMap(({ source, files }) => files.map(({ path, state }) => [source, state, path]));
  return { text: textTable(['source', 'state', 'file'], lines), document, exitCode: EXIT.ok };
}
