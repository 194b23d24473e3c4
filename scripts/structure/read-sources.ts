/** The project's sources as a reader sees them: lines, functions, imports, and which definition names which. No tests, no types of other packages. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { parseSync } from 'vite';

/** A node of the syntax tree, as ESTree has it. */
export type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<
  Record<string, unknown>
>;

export interface SourceFile {
  /** From the checkout's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  /** Files of ours that it imports: values, types, re-exports and `import()`. */
  readonly imports: readonly string[];
}

const FOLDERS = ['src', 'tasks'];

/** Sources below `src` and `tasks` of a checkout, without tests; in the order of their paths. */
export function readSources(root: string): readonly SourceFile[] {
  const paths = FOLDERS.flatMap((folder) => pathsBelow(root, folder)).sort();
  return paths.map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const { program, module } = parseSync(path, text);
    const specifiers = [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value ?? '')),
      ...module.dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start + 1, moduleRequest.end - 1)),
    ];
    const imports = new Set(
      specifiers.map((specifier) => targetOf(path, specifier)).filter((to) => paths.includes(to)),
    );
    return { path, text, program: program as unknown as Node, imports: [...imports] };
  });
}

function pathsBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test|\.d)\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** The file that an import names; not one of ours where it names a package. */
export function targetOf(from: string, specifier: string): string {
  if (specifier === '#harness') return 'src/index.ts';
  if (!specifier.startsWith('.')) return specifier;
  return normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/');
}

/** Child nodes, in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string' && 'start' in value;
}
