/**
 * The structure of the sources in figures: `node dist/scripts/measure-structure.js [CHECKOUT …]` (default: this one) prints one column a
 * checkout, and of two what became of the definitions of the first; `--walks` also lists the files of each journey, and the longest chain of imports. It reads `src` and `tasks` without tests; nothing is run.
 */
import { dirname, resolve } from 'node:path';
import { functionLengths } from './structure/functions.ts';
import { importChains } from './structure/import-chains.ts';
import { TO_A_RECORD, TO_LOGITS } from './structure/journeys.ts';
import { readSources, type SourceFile } from './structure/read-sources.ts';
import { sameNames } from './structure/same-names.ts';
import { walk } from './structure/walk.ts';

const MOST_FILES = 25;

interface Figures {
  readonly rows: readonly (readonly [string, string])[];
  readonly details: readonly string[];
}

function measure(root: string): Figures {
  const sources = readSources(root);
  const lines = sources.map(({ text }) => text.trimEnd().split('\n').length);
  const functions = sources.flatMap(functionLengths);
  const { longest, circles } = importChains(sources);
  const record = walk(sources, TO_A_RECORD);
  const logits = walk(sources, TO_LOGITS);
  return {
    rows: [
      ['files', String(sources.length)],
      ['lines', sum(lines).toLocaleString('en')],
      ['lines a file: median, p90, longest', distribution(lines)],
      ['functions', functions.length.toLocaleString('en')],
      ['lines a function: median, p90, longest', distribution(functions)],
      ['longest chain of imports, files', String(longest.length)],
      ['circles of imports', String(circles.length)],
      [`folders of more than ${MOST_FILES} files`, crowded(sources)],
      ['files entered, argv of `run` to a stored record', said(record)],
      ['files entered, checkpoint to logits', said(logits)],
    ],
    details: [
      `longest chain: ${longest.join(' > ')}`,
      ...circles.map((circle) => `circle: ${circle.join(', ')}`),
      `to a record: ${record.files.join(', ')}`,
      `to logits: ${logits.files.join(', ')}`,
    ],
  };
}

const said = ({ files, missed }: ReturnType<typeof walk>): string =>
  missed.length === 0 ? String(files.length) : `${files.length} (not found: ${missed.join(', ')})`;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function distribution(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return [at(0.5), at(0.9), sorted.at(-1)].join(', ');
}

/** Folders with too many files directly in them; an index does not count. */
function crowded(sources: readonly SourceFile[]): string {
  const counts = new Map<string, number>();
  for (const { path } of sources.filter((source) => !source.path.endsWith('/index.ts'))) {
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  const over = [...counts].filter(([, count]) => count > MOST_FILES);
  return over.length === 0 ? '0' : over.map(([folder, count]) => `${folder} ${count}`).join(', ');
}

function kept(before: string, now: string): string {
  const [earlier, present] = [before, now].map((root) => readSources(resolve(root)));
  const { definitions, lines, shorter, longer, gone } = sameNames(earlier ?? [], present ?? []);
  const said = (count: number) => count.toLocaleString('en');
  return [
    `${said(definitions)} definitions of one name in both: ${said(lines[0])} lines, now ${said(lines[1])}`,
    `${said(shorter.definitions)} of them became ${said(shorter.lines)} lines shorter, ${said(longer.definitions)} ${said(longer.lines)} longer`,
    `of names that are gone: ${said(gone)} lines`,
  ].join('; ');
}

function main(argv: readonly string[]): void {
  const roots = argv.filter((word) => !word.startsWith('--'));
  const measured = (roots.length === 0 ? ['.'] : roots).map((root) => measure(resolve(root)));
  const [first] = measured;
  const rows = (first?.rows ?? []).map(
    ([name], at) => `| ${name} | ${measured.map(({ rows }) => rows[at]?.[1]).join(' | ')} |`,
  );
  const head = ['', ...(roots.length === 0 ? ['here'] : roots)].map((name) => ` ${name} `).join('|');
  console.log([`|${head}|`, `|---|${measured.map(() => '---|').join('')}`, ...rows].join('\n'));
  const [before, now] = roots;
  if (before !== undefined && now !== undefined) console.log(`\n${kept(before, now)}`);
  if (argv.includes('--walks')) console.log(measured.flatMap(({ details }) => ['', ...details]).join('\n'));
}

main(process.argv.slice(2));
