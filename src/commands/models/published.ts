import { join } from 'node:path';
import { readCatalog, requireReadable } from '../../checkpoints/catalog.ts';
import { badArguments } from '../../core/errors.ts';
import { cacheFolder } from '../../files/package-root.ts';
import { type HubAddress, requireHubAddress } from '../../hub/cache.ts';

/** Where a model is published, and which files the catalog wants of it. */
export function published(name: string): { readonly address: HubAddress; readonly files: readonly string[] } {
  const entry = readCatalog().get(name);
  if (entry === undefined) {
    requireReadable(name);
    return { address: requireHubAddress(name), files: [] };
  }
  if ('elsewhere' in entry) {
    const hint = `fetch the one that you mean with bench models pull OWNER/NAME, or put its folder into ${join(cacheFolder(process.env), 'models', name)}`;
    throw badArguments(`${name}: ${entry.elsewhere}`, hint);
  }
  if (!('hub' in entry)) {
    throw badArguments(`${name} is part of this project (${entry.path}): there is nothing to fetch`);
  }
  const { files, ...address } = entry.hub;
  return { address, files };
}
