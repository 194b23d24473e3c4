/** Which models have names, and which of them are on this machine. */
import { type CatalogEntry, readCatalog } from '../../checkpoints/catalog.ts';
import { resolveModel } from '../../checkpoints/resolve-model.ts';
import { HarnessError } from '../../core/errors.ts';
import { cachedRepositories } from '../../hub/cache.ts';
import { hubSettings } from '../../hub/settings.ts';
import { textTable } from '../../report/terminal/text-table.ts';

export interface ListedModel {
  readonly name: string;
  /** null for a repository of the hub's cache that the catalog does not know. */
  readonly family: string | null;
  readonly description: string;
  /** null where the weights are not on disk; `hint` says how to get them. */
  readonly folder: string | null;
  readonly hint: string | null;
}

/** The catalog's, then further repositories in the hub's cache. */
export async function listModels(): Promise<readonly ListedModel[]> {
  const catalog = readCatalog();
  const known = new Set([...catalog.values()].flatMap((entry) => ('hub' in entry ? [entry.hub.repository] : [])));
  const cached = await cachedRepositories(hubSettings(process.env).cache);
  const others = cached.filter((repository) => !known.has(repository));
  return Promise.all([...[...catalog].map(([name, entry]) => listModel(name, entry)), ...others.map(listCached)]);
}

async function listModel(name: string, { family, description }: CatalogEntry): Promise<ListedModel> {
  return { name, family, description, ...(await whereIs(name)) };
}

async function listCached(name: string): Promise<ListedModel> {
  return { name, family: null, description: "in the hub's cache", ...(await whereIs(name)) };
}

async function whereIs(name: string): Promise<Pick<ListedModel, 'folder' | 'hint'>> {
  try {
    return { folder: (await resolveModel(name)).folder, hint: null };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { folder: null, hint: error.hint ?? error.message };
  }
}

export function modelsText(models: readonly ListedModel[], width: number): string {
  const rows = models.map(({ name, family, folder, description }) => [
    name,
    family ?? '',
    folder === null ? 'not here' : 'here',
    description,
  ]);
  const missing = models.find(({ folder, family }) => folder === null && family !== null);
  const advice =
    missing === undefined
      ? ''
      : `Any checkpoint folder is a model, too. To fetch one of these: bench models pull ${missing.name}\n`;
  return textTable(['model', 'family', 'weights', 'what it is'], rows, { width }) + advice;
}
