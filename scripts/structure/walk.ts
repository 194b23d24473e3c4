/**
 * Which files a reader enters between a function and what it leads to. A definition leads to every definition that it names
 * (values only; an `import()` leads to the names taken from it, or to `run`-like names that are read off it). The walk to a milestone
 * is the path that enters the fewest files not entered yet; a journey is the union of its walks. Calls through objects (`verb.execute`, `model.ask`) are followed where
 * the definition that holds the method is named.
 */
import { childrenOf, type Node, type SourceFile, targetOf } from './read-sources.ts';

/** `src/cli.ts#main`: a definition at the top of a file. */
type Definition = string;

/** Part of a journey: from one definition to several. Alternatives are separated by `|`, the present name first. */
export interface Leg {
  readonly from: string;
  readonly milestones: readonly string[];
}

export interface Walked {
  /** Files entered, in the order of the milestones that they serve. */
  readonly files: readonly string[];
  /** Milestones that no definition has, or that are not reached. */
  readonly missed: readonly string[];
}

export function walk(sources: readonly SourceFile[], legs: readonly Leg[]): Walked {
  const graph = definitionGraph(sources);
  const files = new Set<string>();
  const missed: string[] = [];
  for (const { from, milestones } of legs) {
    const [start] = from.split('|').filter((definition) => graph.has(definition));
    if (start === undefined) missed.push(from);
    for (const milestone of milestones) {
      const path = start === undefined ? null : shortestPath(graph, start, milestone.split('|'), files);
      if (path === null) missed.push(milestone);
      else for (const definition of path) files.add(fileOf(definition));
    }
  }
  return { files: [...files], missed };
}

const fileOf = (definition: Definition): string => definition.replace(/#.*/, '');

/** The path that enters the fewest new files, and of those one through the fewest definitions; null where there is none. */
function shortestPath(
  graph: Graph,
  start: Definition,
  names: readonly string[],
  entered: ReadonlySet<string>,
): readonly Definition[] | null {
  const cameFrom = new Map<Definition, Definition | null>([[start, null]]);
  const done = new Set<Definition>();
  /** Definitions by the number of new files on the way to them. */
  const waiting: Definition[][] = [[start]];
  for (let cost = 0; cost < waiting.length; cost++) {
    for (const definition of waiting[cost] ?? []) {
      if (done.has(definition)) continue;
      done.add(definition);
      if (names.includes(definition.replace(/.*#/, ''))) return pathTo(definition, cameFrom);
      for (const next of graph.get(definition) ?? []) {
        if (done.has(next)) continue;
        const isNew = fileOf(next) !== fileOf(definition) && !entered.has(fileOf(next));
        const queue = waiting[cost + Number(isNew)] ?? [];
        waiting[cost + Number(isNew)] = queue;
        queue.push(next);
        if (!cameFrom.has(next)) cameFrom.set(next, definition);
      }
    }
  }
  return null;
}

function pathTo(definition: Definition, cameFrom: ReadonlyMap<Definition, Definition | null>): Definition[] {
  const before = cameFrom.get(definition) ?? null;
  return before === null ? [definition] : [...pathTo(before, cameFrom), definition];
}

type Graph = ReadonlyMap<Definition, readonly Definition[]>;

function definitionGraph(sources: readonly SourceFile[]): Graph {
  const byPath = new Map(sources.map((source) => [source.path, readDefinitions(source)]));
  /** Where a name that a file exports is defined: there, or where it is re-exported from. */
  const homeOf = (path: string, name: string): Definition | null => {
    const file = byPath.get(path);
    if (file === undefined) return null;
    if (file.bodies.has(name)) return `${path}#${name}`;
    const handedOn = file.names.get(name);
    return handedOn === undefined ? null : homeOf(handedOn.path, handedOn.name);
  };
  const graph = new Map<Definition, Definition[]>();
  for (const [path, { bodies, names }] of byPath) {
    for (const [definition, body] of bodies) {
      const { identifiers, imported } = namesIn(body, path);
      const local = [...identifiers].filter((name) => bodies.has(name)).map((name) => `${path}#${name}`);
      const taken = [...identifiers].flatMap((name) => {
        const from = names.get(name);
        return from === undefined ? [] : (homeOf(from.path, from.name) ?? []);
      });
      const lazily = imported.flatMap((target) => [...identifiers].flatMap((name) => homeOf(target, name) ?? []));
      graph.set(`${path}#${definition}`, [...local, ...taken, ...lazily]);
    }
  }
  return graph;
}

interface Definitions {
  /** Definitions at the top of the file, by name. */
  readonly bodies: ReadonlyMap<string, Node>;
  /** Names that come from other files of ours. */
  readonly names: ReadonlyMap<string, { readonly path: string; readonly name: string }>;
}

function readDefinitions({ path, program }: SourceFile): Definitions {
  const bodies = new Map<string, Node>();
  const names = new Map<string, { path: string; name: string }>();
  for (const statement of childrenOf(program)) {
    for (const node of [statement, statement.declaration as Node | null].filter((each) => each != null)) {
      if (/^(Function|Class)Declaration$/.test(node.type)) bodies.set((node.id as Node).name as string, node);
      if (node.type === 'VariableDeclaration') {
        for (const each of node.declarations as Node[]) bodies.set(String((each.id as Node).name), each);
      }
    }
    const source = (statement.source as { value?: string } | null)?.value;
    if (source === undefined || statement.importKind === 'type') continue;
    for (const each of (statement.specifiers as Node[] | undefined) ?? []) {
      const there = ((each.imported ?? each.local) as Node).name as string;
      const here = ((each.exported ?? each.local) as Node).name as string;
      if (each.importKind !== 'type') names.set(here, { path: targetOf(path, source), name: there });
    }
  }
  return { bodies, names };
}

/** Names that a definition uses as values, and files that it imports when it runs. */
function namesIn(
  body: Node,
  path: string,
): { readonly identifiers: ReadonlySet<string>; readonly imported: readonly string[] } {
  const identifiers = new Set<string>();
  const imported: string[] = [];
  const visit = (node: Node): void => {
    if (node.type.startsWith('TS') && !/^TS(As|Satisfies|NonNull)Expression$/.test(node.type)) return;
    if (node.type === 'Identifier') identifiers.add(node.name as string);
    const source = node.type === 'ImportExpression' ? (node.source as Node).value : undefined;
    if (typeof source === 'string') imported.push(targetOf(path, source));
    childrenOf(node).forEach(visit);
  };
  visit(body);
  return { identifiers, imported };
}
