/** What tasks, data and the catalog know of stored runs. */

import { taskNamed } from '../../tasks/index.ts';
import { readCatalog } from '../checkpoints/catalog.ts';
import { getOrInsert } from '../core/collect.ts';
import { orNull } from '../core/errors.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { TaskPlugin } from '../core/task.ts';
import { loadTask } from '../datasets/load-task.ts';
import { clusterNames } from '../runner/plan.ts';
import type { ClusterChoice, ClustersOf } from '../store/cluster-names.ts';
import type { TaskHeadline } from '../store/stored-run.ts';

/** What is asked of rows. */
export interface RowsFrom {
  readonly dataDir: string | null;
}

/**
 * @param choice what `--clusters` says
 * @param from where rows may be read for runs that say nothing themselves; null = stored files only
 */
export function clustersOf(choice: ClusterChoice, from: RowsFrom | null = null): ClustersOf {
  const read = new Map<string, Promise<ReadonlyMap<string, string> | null>>();
  return (manifest) => {
    const task = taskNamed(manifest.task.name);
    const { digest } = manifest.dataset;
    const rows = () => getOrInsert(read, digest, () => namesOfRows(manifest, task, from as RowsFrom));
    const standAlone = task !== undefined && task.cluster === undefined;
    return { choice, standAlone, ...(from === null || task?.cluster === undefined ? {} : { rows }) };
  };
}

/** null where the rows that the manifest names by their digest are not here. */
async function namesOfRows(
  { dataset }: RunManifest,
  task: TaskPlugin | undefined,
  { dataDir }: RowsFrom,
): Promise<ReadonlyMap<string, string> | null> {
  if (task === undefined) return null;
  const onlyFixtures = dataset.source === 'fixture';
  const sources = task.sources.filter(({ name }) => name === dataset.source);
  if (!onlyFixtures && sources.length === 0) return null;
  const from = { dataDir, allowFixtures: false, onlyFixtures };
  const loaded = await loadTask({ ...task, sources }, from).catch(orNull());
  return loaded?.digest === dataset.digest ? clusterNames(task, loaded.rows) : null;
}

/** The headline of a stored run, as its task says; null where nobody knows the task. */
export function headlineOf({ task, settings, model }: RunManifest): TaskHeadline {
  const known = taskNamed(task.name);
  return {
    ranking: known?.protocols[settings.protocol]?.headline[model.family] ?? null,
    metric: known?.metric ?? null,
  };
}

/** The shift with which a model of the catalog is meant to be read; null for models that the catalog does not name. */
export function ownShifts(): (manifest: RunManifest) => boolean | null {
  const catalog = readCatalog();
  return ({ model }) => catalog.get(model.name)?.shift ?? null;
}
