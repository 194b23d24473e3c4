import type { SourceFile } from './read-sources.ts';

export interface Chains {
  /** Files of the longest chain of imports, the importing one first; a circle counts as one file. */
  readonly longest: readonly string[];
  /** Files that import each other in a loop. */
  readonly circles: readonly (readonly string[])[];
}

/** Longest chain and circles of imports; type imports, re-exports and `import()` count as any other. */
export function importChains(sources: readonly SourceFile[]): Chains {
  const groups = strongComponents(new Map(sources.map(({ path, imports }) => [path, imports])));
  const longestBelow = new Map<readonly string[], readonly string[]>();
  const groupOf = new Map(groups.flatMap((group) => group.map((path) => [path, group] as const)));
  // Components come with what they import before them.
  for (const group of groups) {
    const below = sources
      .filter(({ path }) => group.includes(path))
      .flatMap(({ imports }) => imports.map((path) => groupOf.get(path) ?? []))
      .filter((other) => other !== group)
      .map((other) => longestBelow.get(other) ?? []);
    const longest = below.reduce((a, b) => (b.length > a.length ? b : a), []);
    longestBelow.set(group, [group.join(' + '), ...longest]);
  }
  const all = [...longestBelow.values()];
  return {
    longest: all.reduce((a, b) => (b.length > a.length ? b : a), []),
    circles: groups.filter(({ length }) => length > 1),
  };
}

/** Tarjan's strongly connected components, each after those that it reaches. */
function strongComponents(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const components: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node) as number);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) as number, low.get(next) as number));
    }
    if (low.get(node) === index.get(node)) components.push(stack.splice(stack.indexOf(node)));
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return components;
}
