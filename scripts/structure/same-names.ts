import { childrenOf, type Node, type SourceFile } from './read-sources.ts';

export interface SameNames {
  /** Definitions whose name stands once in either checkout. */
  readonly definitions: number;
  /** Their lines in each. */
  readonly lines: readonly [before: number, now: number];
  /** By how many lines those that became shorter did, and how many these are; likewise the longer ones. */
  readonly shorter: Changed;
  readonly longer: Changed;
  /** Lines of definitions whose name is gone. */
  readonly gone: number;
}

interface Changed {
  readonly definitions: number;
  readonly lines: number;
}

/** What became of the definitions at the top of files: those that go by one name before and now can be held against each other. */
export function sameNames(before: readonly SourceFile[], now: readonly SourceFile[]): SameNames {
  const [earlier, later] = [linesByName(before), linesByName(now)];
  const pairs = [...earlier].flatMap(([name, [lines, ...others]]) => {
    const [present, ...further] = later.get(name) ?? [];
    return others.length > 0 || further.length > 0 || present === undefined
      ? []
      : [[lines as number, present] as const];
  });
  const changes = (of: (before: number, now: number) => number): Changed => {
    const lines = pairs.map(([a, b]) => of(a, b)).filter((change) => change > 0);
    return { definitions: lines.length, lines: sum(lines) };
  };
  const gone = [...earlier].filter(([name]) => !later.has(name)).flatMap(([, lines]) => lines);
  return {
    definitions: pairs.length,
    lines: [sum(pairs.map(([a]) => a)), sum(pairs.map(([, b]) => b))],
    shorter: changes((before, now) => before - now),
    longer: changes((before, now) => now - before),
    gone: sum(gone),
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Lines of each definition, by name. */
function linesByName(sources: readonly SourceFile[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { program, text } of sources) {
    for (const statement of childrenOf(program)) {
      const node = (statement.declaration as Node | null | undefined) ?? statement;
      const [first] = (node.declarations as Node[] | undefined) ?? [node];
      const name = (first?.id as { readonly name?: string } | null | undefined)?.name;
      if (name === undefined) continue;
      const lines = text.slice(statement.start, statement.end).split('\n').length;
      found.set(name, [...(found.get(name) ?? []), lines]);
    }
  }
  return found;
}
