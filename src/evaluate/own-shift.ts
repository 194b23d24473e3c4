import { readCatalog } from '../checkpoints/catalog.ts';
import type { RunManifest } from '../core/manifest.ts';

/** The shift with which a model of the catalog is meant to be read; null for models that the catalog does not name. */
export function ownShifts(): (manifest: RunManifest) => boolean | null {
  const catalog = readCatalog();
  return ({ model }) => catalog.get(model.name)?.shift ?? null;
}
