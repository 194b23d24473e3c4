/** Which lines of a built checkout ran, by the reports that Node writes to NODE_V8_COVERAGE, one a process or thread. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RanLines {
  /** Lines with code that ran inside a function; what a module does when it is loaded is left out. */
  readonly inFunctions: number;
  /** Files that have such a line. */
  readonly files: number;
  /** By folder of `src`, or `tasks`. */
  readonly byFolder: ReadonlyMap<string, number>;
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** As V8 reports it: of each function its own range, then the blocks in it whose count is another. */
export interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

/** The files of JavaScript that a report tells of. */
export function loadedFiles(report: string): readonly Script[] {
  const { result } = JSON.parse(readFileSync(report, 'utf8')) as { readonly result: readonly Script[] };
  return result.filter(({ url }) => url.startsWith('file:'));
}

/** @throws Error where nothing of the checkout ran */
export function ranLines(root: string, reports: readonly string[]): RanLines {
  const dist = join(root, 'dist');
  const ran = new Map<string, Set<number>>();
  for (const script of reports.flatMap(loadedFiles)) {
    const path = relative(dist, fileURLToPath(script.url));
    if (!/^(src|tasks)\//.test(path)) continue;
    const lines = ran.get(path) ?? new Set<number>();
    ran.set(path, lines);
    for (const line of linesThatRan(readFileSync(join(dist, path), 'utf8'), script)) lines.add(line);
  }
  const byFolder = new Map<string, number>();
  for (const [path, { size }] of ran) byFolder.set(folderOf(path), (byFolder.get(folderOf(path)) ?? 0) + size);
  const sizes = [...ran.values()].map(({ size }) => size);
  const inFunctions = sizes.reduce((sum, size) => sum + size, 0);
  if (inFunctions === 0) throw new Error(`${dist}: expected modules that ran, found none in ${reports.length} reports`);
  return {
    inFunctions,
    files: sizes.filter((size) => size > 0).length,
    byFolder: new Map([...byFolder].filter(([, lines]) => lines > 0)),
  };
}

function folderOf(path: string): string {
  const [top = '', second = ''] = dirname(path).split('/');
  return top === 'src' ? second || 'src' : top;
}

const IS_CODE = /^\s*(?!\/\/|\/\*|\*)[^\s]*[\w$]/;

/** Numbers of the lines, from 1, of which some code ran inside a function. */
export function linesThatRan(text: string, { functions }: Pick<Script, 'functions'>): readonly number[] {
  /** At each character, how often it ran; 0 also where only the module has it. */
  const counts = new Uint8Array(text.length);
  const [, ...inside] = functions.toSorted((a, b) => sizeOf(b.ranges[0]) - sizeOf(a.ranges[0]));
  // The largest first, so that what stands inside has the last word.
  for (const { ranges } of inside) {
    for (const { startOffset, endOffset, count } of ranges) counts.fill(Math.min(count, 1), startOffset, endOffset);
  }
  let offset = 0;
  return text.split('\n').flatMap((line, at) => {
    const from = offset;
    offset += line.length + 1;
    return IS_CODE.test(line) && counts.subarray(from, from + line.length).includes(1) ? [at + 1] : [];
  });
}

const sizeOf = (range: Range | undefined): number => (range === undefined ? 0 : range.endOffset - range.startOffset);
