/** The rules of src/README.md, read from the sources: who imports whom, and what appears only in one place. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { functionLengths } from '../scripts/structure/functions.ts';
import { importChains } from '../scripts/structure/import-chains.ts';
import { TO_A_RECORD, TO_LOGITS } from '../scripts/structure/journeys.ts';
import { readSources } from '../scripts/structure/read-sources.ts';
import { walk } from '../scripts/structure/walk.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LONGEST_FILE = 250;
const MOST_FILES = 25;
const LONGEST_FUNCTION = 60;
const LONGEST_CHAIN = 13;
const MOST_TO_A_RECORD = 22;
const MOST_TO_LOGITS = 9;

/**
 * Folder of `src` -> what it may import of ours. `x` allows a folder, `x/file.ts` one file of it, `type x` its types only.
 * A folder may always import itself; tests beside the sources may import anything.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  files: ['core'],
  stats: ['core'],
  tensor: ['core'],
  engines: ['tensor', 'files', 'core', 'type checkpoints'],
  architectures: ['tensor', 'core'],
  programs: ['architectures', 'tensor'],
  tokenizers: ['files', 'core'],
  hub: ['files', 'core'],
  checkpoints: ['architectures', 'tensor', 'hub', 'files', 'core'],
  options: ['engines/engine.ts', 'core'],
  datasets: ['hub', 'files', 'core'],
  sandbox: ['files', 'core'],
  lm: ['programs', 'architectures', 'tensor', 'engines', 'checkpoints', 'tokenizers', 'stats', 'core'],
  explain: ['core'],
  lint: ['lm', 'tokenizers', 'stats', 'core'],
  training: [
    ...['programs', 'architectures', 'tensor', 'engines', 'lm', 'checkpoints', 'tokenizers', 'files', 'core'],
    'options',
  ],
  metrics: ['core', 'stats'],
  store: ['files', 'core', 'stats', 'metrics'],
  runner: ['files', 'core', 'store', 'stats', 'metrics'],
  evaluate: [
    ...[
      'lm',
      'lint',
      'explain',
      'architectures',
      'engines',
      'checkpoints',
      'tokenizers',
      'datasets',
      'tasks',
      'sandbox',
    ],
    ...['runner', 'store', 'metrics', 'stats', 'gate', 'report', 'options', 'files', 'core'],
  ],
  queue: ['evaluate', 'runner', 'lm', 'store', 'options', 'core'],
  report: ['core', 'stats', 'store', 'metrics'],
  gate: ['files', 'core', 'stats', 'store', 'metrics', 'report'],
  'index.ts': ['core', 'datasets', 'metrics'],
  'plugin-schema.ts': ['core'],
  'plugins.ts': [
    'plugin-schema.ts',
    'architectures',
    'checkpoints',
    'engines',
    'datasets',
    'tasks',
    'metrics',
    'runner',
    'core',
  ],
  'api.ts': ['index.ts', 'plugins.ts', 'options', 'evaluate', 'gate', 'report', 'store', 'core'],
};
/** May import anything: the only places where parts are wired together. */
const WIRING = ['commands', 'cli.ts'];

/** Folders that compute: no files, no network, no child processes. */
const PURE = ['core', 'stats', 'tensor', 'architectures', 'programs', 'lm', 'lint', 'explain', 'metrics', 'report'];
const OUTSIDE_WORLD = /^node:(fs|net|http|https|dns|child_process|worker_threads)/;

/** What may appear in one file only (null: in none). */
const ONLY_IN: readonly (readonly [string, RegExp, string | null])[] = [
  ['Math.random', /\bMath\.random\b/, null],
  ['the time of day', /\bDate\.now\b|\bnew Date\(\s*\)/, 'src/runner/environment.ts'],
  ['process.exit', /\bprocess\.exit(Code)?\b/, 'src/commands/shell/command-line.ts'],
  ['process.stdout or process.stderr', /\bprocess\.(stdout|stderr)\b/, 'src/commands/shell/command-line.ts'],
  [
    'onnxruntime, which sends telemetry unless it is told not to,',
    /^import (?!type\b).*'onnxruntime-node'|\b(import|require)\(\s*'onnxruntime-node'/m,
    'src/engines/onnx/library.ts',
  ],
  ['console', /\bconsole\.\w+\(/, null],
  [
    'markup from text',
    /\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|parseFromString)\b|\bdocument\.write/,
    null,
  ],
  ['a default export', /^export default\b|\bas default\b/m, null],
  ['any', /[:<|&,]\s*any\b(?!\s*[a-z])|\bas any\b/, null],
  ['an enum', /^\s*(export\s+)?(const\s+)?enum\s/m, null],
  ['a namespace', /^\s*(export\s+)?namespace\s/m, null],
];

interface Import {
  readonly specifier: string;
  readonly isType: boolean;
  /** Path from the project's root for our own files, else null. */
  readonly target: string | null;
}

interface Source {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly imports: readonly Import[];
}

const sources = ['src', 'tasks'].flatMap((folder) => sourcesIn(folder));
const parsed = readSources(ROOT);
const production = sources.filter(({ path }) => !path.endsWith('.test.ts'));

describe('imports', () => {
  it('follow the map of src/README.md', () => {
    expect(production.flatMap(forbiddenImports)).toEqual([]);
  });

  it('have a rule for every folder of src', () => {
    const folders = new Set(production.map(unitOf).filter((unit) => unit !== 'tasks'));
    expect([...folders].filter((unit) => !(unit in MAY_IMPORT) && !WIRING.includes(unit))).toEqual([]);
  });

  it(`form no circle of files, and no chain of more than ${LONGEST_CHAIN}, types and import() counted`, () => {
    const { longest, circles } = importChains(parsed);
    expect(circles).toEqual([]);
    expect(longest.length <= LONGEST_CHAIN ? [] : longest).toEqual([]);
  });

  it.each([
    ['argv of run to a stored record', TO_A_RECORD, MOST_TO_A_RECORD],
    ['the files of a checkpoint to logits', TO_LOGITS, MOST_TO_LOGITS],
  ])('lead from %s through few files', (_name, legs, most) => {
    const { files, missed } = walk(parsed, legs);
    expect(missed).toEqual([]);
    expect(files.length <= most ? [] : files).toEqual([]);
  });

  it('form no circle of folders', () => {
    expect(circle()).toEqual([]);
  });

  it('of tasks are #harness, zod and each other', () => {
    const isAllowed = ({ specifier, target }: Import) =>
      specifier === '#harness' || specifier === 'zod' || target?.startsWith('tasks/');
    const tasks = production.filter(({ path }) => path.startsWith('tasks/'));
    expect(tasks.flatMap((source) => source.imports.filter((i) => !isAllowed(i)).map((i) => said(source, i)))).toEqual(
      [],
    );
  });

  it('of computing folders reach no files, network or processes', () => {
    const computing = production.filter((source) => PURE.includes(unitOf(source)));
    const reaching = (source: Source) => source.imports.filter(({ specifier }) => OUTSIDE_WORLD.test(specifier));
    expect(computing.flatMap((source) => reaching(source).map((i) => said(source, i)))).toEqual([]);
  });

  it('of the engine and schema libraries are not needed to start the command line', () => {
    expect(loadedAtStart().filter((name) => !name.startsWith('node:'))).toEqual(['fastest-levenshtein']);
  });
});

it.each(ONLY_IN)('%s appears only where it may', (_name, pattern, home) => {
  const strangers = production.filter(({ path, code }) => path !== home && pattern.test(code));
  expect(strangers.map(({ path, code }) => `${path}: ${pattern.exec(code)?.[0].trim()}`)).toEqual([]);
});

it('one architecture is named in its own file and in the list of them, nowhere else', () => {
  const kinds = sources.flatMap(({ path, code }) =>
    path.startsWith('src/architectures/') ? [...code.matchAll(/^ {2}kind: '([\w-]+)'/gm)].map(([, kind]) => kind) : [],
  );
  expect(kinds).toContain('gpt2');
  const named = new RegExp(`'(${kinds.join('|')})'|/architectures/(${kinds.join('|')})\\.ts'`);
  // Published tables and the words of tokenizer files have names of their own, some of them the same.
  const homes = ['src/architectures/', 'src/report/published/', 'src/tokenizers/'];
  const isHome = (path: string) => homes.some((home) => path.startsWith(home));
  const strangers = production.filter(({ path, code }) => !isHome(path) && named.test(code));
  expect(strangers.map(({ path, code }) => `${path}: ${named.exec(code)?.[0]}`)).toEqual([]);
});

it(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const lines = ({ text }: Source) => text.trimEnd().split('\n').length;
  const long = production.filter((source) => lines(source) > LONGEST_FILE);
  expect(long.map((source) => `${source.path}: ${lines(source)} lines`)).toEqual([]);
});

it(`no function is longer than ${LONGEST_FUNCTION} lines`, () => {
  const long = parsed.filter((source) => functionLengths(source).some((lines) => lines > LONGEST_FUNCTION));
  expect(long.map(({ path }) => path)).toEqual([]);
});

it(`no folder has more than ${MOST_FILES} files directly in it, its index aside`, () => {
  const files = production.filter(({ path }) => !path.endsWith('/index.ts')).map(({ path }) => dirname(path));
  const crowded = [...new Set(files)].filter((folder) => files.filter((each) => each === folder).length > MOST_FILES);
  expect(crowded).toEqual([]);
});

it('every folder of src stands in its map', () => {
  const map = readFileSync(join(ROOT, 'src/README.md'), 'utf8');
  const units = [...new Set(production.filter(({ path }) => path.startsWith('src/')).map(unitOf))];
  const named = (unit: string) => map.includes(`| \`${unit.endsWith('.ts') ? unit : `${unit}/`}\``);
  expect(units.filter((unit) => !named(unit))).toEqual([]);
});

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(ROOT, file).split(sep).join('/');
      const text = readFileSync(file, 'utf8');
      const code = withoutComments(text);
      return { path, text, code, imports: importsOf(path, code) };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[\s;{}(),])\/\/.*$/gm, '$1');
}

function importsOf(path: string, code: string): Import[] {
  const statements = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?\sfrom\s+)?'([^']+)'/gm;
  const calls = /\bimport\(\s*'([^']+)'/g;
  const found = [
    ...[...code.matchAll(statements)].map(([, type, specifier = '']) => ({ specifier, isType: type !== undefined })),
    ...[...code.matchAll(calls)].map(([, specifier = '']) => ({ specifier, isType: false })),
  ];
  return found.map((each) => ({ ...each, target: targetOf(path, each.specifier) }));
}

function targetOf(path: string, specifier: string): string | null {
  if (specifier === '#harness') return 'src/index.ts';
  if (!specifier.startsWith('.')) return null;
  return normalize(join(dirname(path), specifier))
    .split(sep)
    .join('/');
}

/** `core` for `src/core/x.ts`, `cli.ts` for `src/cli.ts`, `tasks` for `tasks/x.ts`. */
function unitOfPath(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'src' ? second : first;
}
function unitOf({ path }: Source): string {
  return unitOfPath(path);
}

const said = ({ path }: Source, { specifier, isType }: Import): string =>
  `${path} imports ${isType ? 'type ' : ''}${specifier}`;

function forbiddenImports(source: Source): string[] {
  const unit = unitOf(source);
  if (unit === 'tasks' || WIRING.includes(unit)) return [];
  const allowed = MAY_IMPORT[unit] ?? [];
  const isAllowed = ({ target, isType }: Import) => {
    if (target === null || unitOfPath(target) === unit) return true;
    const names = [unitOfPath(target), target.replace(/^src\//, '')];
    return names.some((name) => allowed.includes(name) || (isType && allowed.includes(`type ${name}`)));
  };
  return source.imports.filter((each) => !isAllowed(each)).map((each) => said(source, each));
}

/** Folders that import each other in a circle, in order; empty where there is none. */
function circle(): string[] {
  const edges = new Map<string, Set<string>>();
  for (const source of production) {
    const targets = source.imports.filter(({ isType }) => !isType).flatMap(({ target }) => target ?? []);
    const others = targets.map(unitOfPath).filter((unit) => unit !== unitOf(source));
    edges.set(unitOf(source), new Set([...(edges.get(unitOf(source)) ?? []), ...others]));
  }
  const done = new Set<string>();
  const visit = (unit: string, trail: readonly string[]): string[] => {
    if (trail.includes(unit)) return [...trail.slice(trail.indexOf(unit)), unit];
    if (done.has(unit)) return [];
    for (const next of edges.get(unit) ?? []) {
      const found = visit(next, [...trail, unit]);
      if (found.length > 0) return found;
    }
    done.add(unit);
    return [];
  };
  for (const unit of edges.keys()) {
    const found = visit(unit, []);
    if (found.length > 0) return found;
  }
  return [];
}

/** Packages that load before any verb runs: those that cli.ts imports, directly or not, other than by `import()`. */
function loadedAtStart(): string[] {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const follow = (path: string) => {
    const source = production.find((candidate) => candidate.path === path);
    if (source === undefined || seen.has(path)) return;
    seen.add(path);
    const eager = importsOf(path, source.code.replaceAll(/\bimport\(/g, 'later('));
    for (const { specifier, isType, target } of eager) {
      if (isType) continue;
      if (target === null) packages.add(specifier);
      else follow(target);
    }
  };
  follow('src/cli.ts');
  return [...packages].sort();
}
