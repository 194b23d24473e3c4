/**
 * Which items of a stored run belong together. Records of today say so (`ItemRecord.cluster`); of others, what is known of their
 * ids or rows does. Statistics then read the names off the items, and tables say how they were found.
 */
import { badArguments, type HarnessError } from '../core/errors.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { ClusteredItem } from '../stats/paired-values.ts';

/**
 * `stored`: every record says it. `id`: the ids of the items name their problems. `rows`: the rows of the data set, read again.
 * `alone`: the task names no clusters. `independent`: nothing says it, so items count as independent. `pattern`, `none`: as asked.
 */
export const CLUSTER_SOURCES = ['stored', 'id', 'rows', 'alone', 'independent', 'pattern', 'none'] as const;
export type ClusterSource = (typeof CLUSTER_SOURCES)[number];

/** What was asked for: what a pattern finds in an item's id, or independent items; null = what is known. */
export type ClusterChoice = RegExp | 'none' | null;

/** What the store does not know of clusters. */
export interface ClusterFacts {
  /** Default: null. */
  readonly choice?: ClusterChoice;
  /** The run's task names no clusters. Default: nobody knows. */
  readonly standAlone?: boolean;
  /** Names by item id from the rows of the run; asked where nothing stored says it. null = the rows are not here. */
  readonly rows?: () => Promise<ReadonlyMap<string, string> | null>;
}

/** What is known of the clusters of a run, by its manifest. */
export type ClustersOf = (manifest: RunManifest) => ClusterFacts;

/** An item of which the cluster may be known. */
export interface NamedItem extends ClusteredItem {
  readonly id: string;
}

export interface NamedItems<Item> {
  /** With the names that were found: none where an item stands alone. */
  readonly items: readonly Item[];
  readonly from: ClusterSource;
}

/** Ids of HumanEval and its infilling sets as published, such as `SingleLineInfilling/HumanEval/12/L3`. */
const PROBLEM = /^(?:\w+Infilling(?:Light)?\/)?(HumanEval\/\d+)(?:\/\w+)?$/;

/**
 * The items of one run with the names of their clusters. Where only some have one, as after a run of an earlier version was
 * resumed, the others get theirs by id or row, or stand alone.
 *
 * @param where task or run, for messages
 * @throws HarnessError 'bad-arguments' naming an id in which the pattern finds nothing, or where it finds one cluster only
 */
export async function findClusters<Item extends NamedItem>(
  where: string,
  items: readonly Item[],
  { standAlone = false, rows, choice = null }: ClusterFacts = {},
): Promise<NamedItems<Item>> {
  if (choice !== null) return chosenClusters(where, items, choice);
  const known = knownClusters(items, standAlone);
  if (known.from !== 'independent' || rows === undefined) return known;
  const names = await rows();
  return names !== null && items.every(({ id }) => names.has(id))
    ? { items: renamed(items, names), from: 'rows' }
    : known;
}

/** What records and ids say. */
export function knownClusters<Item extends NamedItem>(items: readonly Item[], standAlone = false): NamedItems<Item> {
  if (items.length > 0 && items.every(({ cluster }) => typeof cluster === 'string')) return { items, from: 'stored' };
  const problems = problemsOf(items);
  if (problems !== null) return { items: renamed(items, problems), from: 'id' };
  return { items, from: standAlone ? 'alone' : 'independent' };
}

/** By item id; null where the ids are not all of HumanEval. */
function problemsOf(items: readonly NamedItem[]): ReadonlyMap<string, string> | null {
  const names = new Map<string, string>();
  for (const { id } of items) {
    const name = PROBLEM.exec(id)?.[1];
    if (name === undefined) return null;
    names.set(id, name);
  }
  return names.size === 0 ? null : names;
}

/**
 * What was asked for, whatever is known.
 *
 * @throws HarnessError as `findClusters`
 */
export function chosenClusters<Item extends NamedItem>(
  where: string,
  items: readonly Item[],
  choice: RegExp | 'none',
): NamedItems<Item> {
  if (choice === 'none') return { items: items.map(withoutName), from: 'none' };
  const names = new Map(items.map(({ id }) => [id, matched(where, choice, id)]));
  const [name] = names.values();
  if (items.length > 1 && new Set(names.values()).size === 1)
    throw refused(`${where}: expected ${choice} to find two clusters or more, found only ${name}`);
  return { items: renamed(items, names), from: 'pattern' };
}

function matched(where: string, pattern: RegExp, id: string): string {
  const [name] = pattern.exec(id) ?? [];
  if (name !== undefined && name !== '') return name;
  throw refused(`${where}: expected ${pattern} to find a cluster in every item id, found none in ${id}`);
}

const refused = (problem: string): HarnessError =>
  badArguments(
    `--clusters: ${problem}`,
    'bench show RUN lists item ids; leave out runs of tasks that the pattern is not for',
  );

function renamed<Item extends NamedItem>(items: readonly Item[], names: ReadonlyMap<string, string>): readonly Item[] {
  return items.map((item) => ({ ...item, cluster: names.get(item.id) }));
}

function withoutName<Item extends NamedItem>({ cluster: _name, ...item }: Item): Item {
  return item as unknown as Item;
}

const NOTES: Readonly<Record<ClusterSource, string | null>> = {
  independent:
    'items are taken as independent, for nothing stored says which belong together; intervals may be too narrow (compare and bless read the rows from --data-dir; else --clusters PATTERN)',
  none: 'items are taken as independent, as --clusters none asks',
  pattern: 'items belong together by --clusters',
  rows: 'which items belong together is from the rows of the data set',
  id: 'which items belong together is from their ids',
  alone: null,
  stored: null,
};

/** What a reader of numbers must know of where the clusters are from; null where there is nothing to know. */
export const clusterNote = (from: ClusterSource): string | null => NOTES[from];
