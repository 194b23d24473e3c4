/** What tasks and data know of the clusters of stored runs. */

import { taskNamed } from '../../tasks/index.ts';
import { getOrInsert } from '../core/collect.ts';
import { orNull } from '../core/errors.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { TaskPlugin } from '../core/task.ts';
import { loadTask } from '../datasets/load-task.ts';
import { clusterNames } from '../runner/plan.ts';
import type { ClusterChoice, ClustersOf } from '../store/cluster-names.ts';

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
