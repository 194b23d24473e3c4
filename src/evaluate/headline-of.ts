import { taskNamed } from '../../tasks/index.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { Normalisation } from '../core/response.ts';

/** Normalisation of the ranking that decides `acc` of a stored run, as its task says; null where nobody knows the task. */
export function headlineOf({ task, settings, model }: RunManifest): Normalisation | null {
  return taskNamed(task.name)?.protocols[settings.protocol]?.headline[model.family] ?? null;
}
