/** The table "Where to add what" of src/README.md against the tree, and the functions of the package against their examples. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const map = readFileSync(join(ROOT, 'src/README.md'), 'utf8');

interface Row {
  readonly name: string;
  readonly cells: string;
}

const rows: readonly Row[] = map
  .slice(map.indexOf('## Where to add what'), map.indexOf('### An architecture'))
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => {
    const [name = '', ...cells] = line.split('|').slice(1, -1);
    return { name: name.trim(), cells: cells.join('|') };
  });

/** What is written like code in a row and looks like a path: `tasks/`, `core/names.ts`, `index.ts`; no patterns, no name of a package. */
const pathsIn = ({ cells }: Row): readonly string[] =>
  [...cells.matchAll(/`([\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => /^[\w./-]+(\/|\.(ts|json|md|py))$/.test(path) && !path.includes('NAME'));

/** A path is from `src`, from the root (`tasks/`, `docs/`), or from a folder that the row has named. */
function placeOf(path: string, earlier: readonly string[]): string | null {
  const folders = earlier.map((each) => (statSync(each).isDirectory() ? each : dirname(each)));
  return [join(ROOT, 'src'), ROOT, ...folders].map((from) => join(from, path)).find((each) => existsSync(each)) ?? null;
}

function missingIn(row: Row): readonly string[] {
  const found: string[] = [];
  return pathsIn(row).filter((path) => {
    const place = placeOf(path, found.toReversed());
    if (place !== null) found.push(place);
    return place === null;
  });
}

describe('where to add what', () => {
  it('has a row for each kind of part', () => {
    const kinds = ['task', 'architecture', 'format of weights', 'device of onnx', 'sampler', 'verb', 'flag of `run`'];
    const others = ['statistic', 'report section', 'engine'];
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...kinds, ...others]));
  });

  it('names files and folders that are there', () => {
    expect(rows.flatMap((row) => missingIn(row).map((path) => `${row.name}: ${path}`))).toEqual([]);
  });

  it('names definitions that stand where it says', () => {
    const said = [...map.matchAll(/`(\w+)`(?: (?:and|or) `(\w+)`)? (?:of|in) `([\w/.-]+\.(?:ts|json))`/g)];
    const lost = said.flatMap(([, first = '', second, file = '']) => {
      const place = placeOf(file, []);
      const text = place === null ? '' : readFileSync(place, 'utf8');
      return [first, ...(second === undefined ? [] : [second])].filter(
        (name) => !new RegExp(`\\b${name}\\b`).test(text),
      );
    });
    expect(said.length).toBeGreaterThan(10);
    expect(lost).toEqual([]);
  });
});

it('every function of the package has an example in test/api', () => {
  const api = readFileSync(join(ROOT, 'src/api.ts'), 'utf8');
  const own = [...api.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name as string);
  const handedOn = [...api.matchAll(/\b(define\w+),/g)].map(([, name]) => name as string);
  const examples = readdirSync(join(ROOT, 'test/api'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js|mjs)$/.test(file))
    .map((file) => readFileSync(join(ROOT, 'test/api', file), 'utf8'))
    .join('\n');
  expect(own).toEqual(expect.arrayContaining(['run', 'compare', 'report', 'score']));
  expect([...own, 'defineTask', ...handedOn].filter((name) => !new RegExp(`\\b${name}\\(`).test(examples))).toEqual([]);
});

describe('paths that no compiler reads', () => {
  const UNREAD = /\.(mjs|js|sh|py|yml)$|(^|\/)README\.md$|^docs\/[\w-]+\.md$/;
  const files = ['docs', 'reports', 'scripts', 'src', 'tasks', 'test', '.github']
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    .filter((path) => UNREAD.test(path) && !path.includes('node_modules') && statSync(join(ROOT, path)).isFile());

  it('name sources that are there, also those that are built from them', () => {
    const lost = files.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const sources = [
        ...text.matchAll(
          /(?<![\w/-])(?:\.\.\/)*(dist\/)?((?:src|tasks|test|scripts)\/[\w./-]*\w\.(?:ts|js|mjs))\b(?!\.snap)/g,
        ),
      ];
      return sources
        .map(([, built, path = '']) => (built === undefined ? path : path.replace(/\.js$/, '.ts')))
        .filter((path) => !existsSync(join(ROOT, path)))
        .map((path) => `${file}: ${path}`);
    });
    expect(files.length).toBeGreaterThan(20);
    expect([...new Set(lost)]).toEqual([]);
  });
});
