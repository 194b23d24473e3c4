import { taskNamed } from '../../tasks/index.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { TaskHeadline } from '../store/stored-run.ts';

/** The headline of a stored run, as its task says; null where nobody knows the task. */
export function headlineOf({ task, settings, model }: RunManifest): TaskHeadline {
  const known = taskNamed(task.name);
  return {
    ranking: known?.protocols[settings.protocol]?.headline[model.family] ?? null,
    metric: known?.metric ?? null,
  };
}
