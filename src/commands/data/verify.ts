/** `bench data verify`. */
import { FURTHER_SOURCES } from '../../../tasks/further-sources.ts';
import { ALL_TASKS } from '../../../tasks/index.ts';
import { HarnessError } from '../../core/errors.ts';
import type { TaskPlugin } from '../../core/task.ts';
import { requireMade } from '../../datasets/load-source.ts';
import { locateSource } from '../../datasets/locate.ts';
import { lockedSource, sourceNames } from '../../datasets/lock.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { idOf, questionOf } from '../../runner/task-calls.ts';
import { EXIT, type Outcome } from '../shell/io.ts';
import { type DataOptions, selected, setNames } from './chosen-sets.ts';

export interface VerifiedSource {
  readonly source: string;
  /** `missing`: a file is in no data folder. */
  readonly state: 'ok' | 'missing' | 'wrong';
  /** What is wrong or missing; null = nothing. */
  readonly problem: string | null;
  readonly files: readonly { readonly name: string; readonly path: string; readonly sha256: string }[];
  /** Recounted from the files; null unless they could be read. */
  readonly rows: number | null;
  /** Index of the right answer -> rows, recounted; null where the lock has none, as of tasks that are written, with a chance or without. */
  readonly labels: Readonly<Record<string, number>> | null;
}

/**
 * Hashes every file that is here, reads its rows and counts them and their labels again. Fails when a file is
 * not the locked one, or when a data set that is named, or any where a folder is, is not here in one of its forms.
 */
export async function dataVerify(options: DataOptions): Promise<Outcome<readonly VerifiedSource[]>> {
  const document: VerifiedSource[] = [];
  for (const source of selected(options.names)) document.push(await verified(source, options.dataDir));
  const lacking = wantedNames(options).filter(
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
  const isWrong = document.some(({ state }) => state === 'wrong');
  return {
    text: `${textTable(head, lines, { right: [2] })}${lackingText(lacking, options)}`,
    document,
    exitCode: isWrong || lacking.length > 0 ? EXIT.failure : EXIT.ok,
  };
}

/** What must be here, in one of its forms: what is named; in a folder that is named, every data set. */
const wantedNames = ({ names, dataDir }: DataOptions): readonly string[] =>
  names.length === 0 && dataDir !== null ? setNames() : names;

function lackingText(lacking: readonly string[], { names, dataDir }: DataOptions): string {
  if (lacking.length === 0) return '';
  const where = dataDir === null ? '' : `, --data-dir ${dataDir}`;
  const fewer = names.length > 0 ? '' : '; to expect fewer, name those that should be there';
  return `\nNot here whole: ${lacking.join(', ')}${where}${fewer}\n`;
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
    if (!(error instanceof HarnessError) || error.code === 'bad-arguments') throw error;
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
  const locked = lockedSource(source);
  requireMade(source, locked, rows);
  return { rows: rows.length, labels: task === undefined || locked.labels === null ? null : labelCounts(task, rows) };
}

/** Keys in ascending order. */
function labelCounts(task: TaskPlugin, rows: readonly unknown[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const { canonical } = task.protocols;
  for (const [index, row] of rows.entries()) {
    const gold = String(canonical && questionOf(task, canonical, row, idOf(task, row, index)).gold);
    counts[gold] = (counts[gold] ?? 0) + 1;
  }
  return counts;
}
