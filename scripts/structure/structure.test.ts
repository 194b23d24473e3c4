import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { functionLengths } from './functions.ts';
import { importChains } from './import-chains.ts';
import { readSources } from './read-sources.ts';
import { sameNames } from './same-names.ts';
import { walk } from './walk.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-structure-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FILES = {
  'src/cli.ts': `import { go } from './go.ts';\nexport function main() {\n  return go();\n}\n`,
  'src/go.ts': `import type { Word } from './word.ts';
export async function go(): Promise<Word> {
  const { later } = await import('./later.ts');
  return later();
}
`,
  'src/later.ts': `export { spoken as later } from './word.ts';\nexport const other = { method() { return 1; }, arrow: () => 2 };\n`,
  'src/word.ts': `import { round } from './round.ts';\nexport type Word = string;\nexport const spoken = (): Word =>\n  round('word');\n`,
  'src/round.ts': `import { spoken } from './word.ts';\nexport const round = (word: string) => (word === '' ? spoken() : word);\n`,
  'src/word.test.ts': `import './word.ts';\n`,
};
/** The root of a checkout with these files. */
function written(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(folder, 'checkout-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
const sources = readSources(written(FILES));

it('leaves tests out, and counts type imports, re-exports and import() alike', () => {
  expect(Object.fromEntries(sources.map(({ path, imports }) => [path, imports]))).toEqual({
    'src/cli.ts': ['src/go.ts'],
    'src/go.ts': ['src/word.ts', 'src/later.ts'],
    'src/later.ts': ['src/word.ts'],
    'src/round.ts': ['src/word.ts'],
    'src/word.ts': ['src/round.ts'],
  });
});

it('takes a circle as one station of the longest chain', () => {
  const { longest, circles } = importChains(sources);
  expect(circles.map((circle) => [...circle].sort())).toEqual([['src/round.ts', 'src/word.ts']]);
  expect(longest.slice(0, 3)).toEqual(['src/cli.ts', 'src/go.ts', 'src/later.ts']);
  expect(longest).toHaveLength(4);
});

it('counts functions, methods, and arrows bound to a name, with all their lines', () => {
  const lengths = Object.fromEntries(sources.map((source) => [source.path, functionLengths(source)]));
  expect(lengths).toEqual({
    'src/cli.ts': [3],
    'src/go.ts': [4],
    'src/later.ts': [1, 1],
    'src/round.ts': [1],
    'src/word.ts': [2],
  });
});

it('walks through what definitions name, an import() and a re-export included, and tells what it cannot reach', () => {
  const { files, missed } = walk(sources, [{ from: 'src/cli.ts#main', milestones: ['gone|round', 'nowhere'] }]);
  expect(files).toEqual(['src/cli.ts', 'src/go.ts', 'src/word.ts', 'src/round.ts']);
  expect(missed).toEqual(['nowhere']);
});

it('holds definitions of one name against each other, and counts what is gone', () => {
  const without = sources.filter(({ path }) => path !== 'src/round.ts');
  expect(sameNames(sources, without)).toMatchObject({ definitions: 5, lines: [11, 11], gone: 1 });
  const main = 'export function main() {\n  const { a } = b;\n  return a;\n}\n'; // a line more
  const go = 'export async function go() {}\n'; // three fewer
  const later = written({ ...FILES, 'src/cli.ts': main, 'src/go.ts': go });
  expect(sameNames(sources, readSources(later))).toMatchObject({
    shorter: { definitions: 1, lines: 3 },
    longer: { definitions: 1, lines: 1 },
  });
});
