import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { badCheckpoint, HarnessError, orNull } from '../core/errors.ts';
import { nearest } from '../core/text/nearest.ts';
import { isFile, isFolder } from '../files/file-bytes.ts';
import { cacheFolder, packageRoot } from '../files/package-root.ts';
import { isSystemError, systemWords } from '../files/system-error.ts';
import { cachedSnapshot, type HubAddress, parseHubAddress } from '../hub/cache.ts';
import { hubSettings } from '../hub/settings.ts';
import { type Catalog, type CatalogEntry, readCatalog, requireReadable } from './catalog.ts';

/** A model's folder, and what the catalog says about it. */
export interface ResolvedModel {
  /** As typed. */
  readonly name: string;
  readonly folder: string;
  /** The weight file in it that was named; absent where the folder was. */
  readonly file?: string;
  /** null for a folder that was named by path. */
  readonly entry: CatalogEntry | null;
}

export interface ResolveOptions {
  /** Folder with one folder a model, named as in the catalog; looked into before all others. */
  readonly modelsDir?: string | undefined;
  /** Environment variables: BENCH_MODEL_DIR, BENCH_CACHE_DIR, XDG_CACHE_HOME, and those of the hub's tools (`hubSettings`). */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly catalog?: Catalog;
}

/**
 * Finds the folder of a model. The path of a file is that of weights in its folder. What looks like a path (a separator in it, a leading dot) is one; else a catalog name; else
 * a folder of that name; else `owner/name[@revision]` of the hub. A catalog model is looked for in `modelsDir`,
 * BENCH_MODEL_DIR and the cache, in that order; then, as any other of the hub, in the cache that its tools share.
 *
 * @throws HarnessError 'unknown-name' with the nearest name; 'bad-checkpoint' where the system lets nobody see; 'missing-checkpoint' when the folder or the weights are not
 *   on disk, with the files, the repository, the folder and the command that fetches them
 */
export async function resolveModel(nameOrPath: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const { environment = process.env, catalog = readCatalog() } = options;
  const looksLikePath = isAbsolute(nameOrPath) || /^\.|[/\\]/.test(nameOrPath);
  const entry = looksLikePath ? undefined : catalog.get(nameOrPath);
  if (entry !== undefined) return resolveEntry(nameOrPath, entry, options.modelsDir, environment);
  if (await isFolder(nameOrPath)) return { name: nameOrPath, folder: resolve(nameOrPath), entry: null };
  if (await isFile(nameOrPath)) {
    const file = resolve(nameOrPath);
    return { name: nameOrPath, folder: dirname(file), file, entry: null };
  }
  requireReadable(nameOrPath);
  const address = parseHubAddress(nameOrPath);
  if (address !== null) return resolveAddress(nameOrPath, address, environment, catalog);
  if (looksLikePath) throw noFolder(nameOrPath);
  const near = nearestName(nameOrPath, catalog);
  throw new HarnessError('unknown-name', `no model is called "${nameOrPath}", and there is no such folder or file`, {
    hint: `${near === undefined ? '' : `did you mean ${near}? `}bench models list names those that are known`,
  });
}

async function resolveEntry(
  name: string,
  entry: CatalogEntry,
  modelsDir: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ResolvedModel> {
  const standard = join(cacheFolder(environment), 'models', name);
  const elsewhere = [modelsDir, environment.BENCH_MODEL_DIR].filter((folder) => folder !== undefined && folder !== '');
  const candidates = [...elsewhere.map((folder) => join(folder as string, name)), standard].map((path) =>
    resolve(path),
  );
  if ('path' in entry) candidates.unshift(join(packageRoot(), entry.path));
  const refusals: HarnessError[] = [];
  const unlessRefused = orNull('bad-checkpoint');
  const note = (error: unknown) => {
    unlessRefused(error);
    refusals.push(error as HarnessError);
    return null;
  };
  for (const folder of candidates) {
    if (await holdsModel(folder).catch(note)) return { name, folder, entry };
  }
  const snapshot = 'hub' in entry ? await snapshotWithModel(entry.hub, environment).catch(note) : null;
  if (snapshot !== null) return { name, folder: snapshot, entry };
  throw refusals[0] ?? notOnDisk(name, entry, candidates);
}

/**
 * What tells that a folder is a model: the config of a network or an adapter, or a file that needs none beside it.
 *
 * @throws HarnessError 'bad-checkpoint' where the system lets nobody see
 */
async function holdsModel(folder: string): Promise<boolean> {
  const names = (await isFolder(folder)) ? await readdir(folder).catch(refusedFolder(folder)) : [];
  return names.some((name) => /^(adapter_)?config\.json$|\.gguf$/.test(name));
}

const refusedFolder =
  (folder: string) =>
  (error: unknown): never => {
    if (!isSystemError(error)) throw error;
    const { found, hint } = systemWords(error);
    throw badCheckpoint(folder, `cannot be read (${error.code}: ${found})`, { hint, cause: error });
  };

const about = ({ gigabytes }: { readonly gigabytes?: number | undefined }): string =>
  gigabytes === undefined ? '' : `, about ${gigabytes} GB`;

/** What the catalog says of a repository holds however it is named. */
async function resolveAddress(
  name: string,
  address: HubAddress,
  environment: NonNullable<ResolveOptions['environment']>,
  catalog: Catalog,
): Promise<ResolvedModel> {
  const [known, entry = null] =
    [...catalog].find(([, each]) => 'hub' in each && each.hub.repository === address.repository) ?? [];
  const folder = await snapshotWithModel(address, environment);
  if (folder !== null) return { name, folder, entry };
  const { cache } = hubSettings(environment);
  throw new HarnessError(
    'missing-checkpoint',
    `no folder ${resolve(name)}, and no ${name} in the cache of the hub, ${cache}`,
    {
      hint:
        known === undefined
          ? `to fetch it from the hub: bench models pull ${name}`
          : `the catalog calls this hub repository ${known}: bench models pull ${known}`,
    },
  );
}

/** Folder of the hub's cache with the files of a revision; null where it holds no model. */
async function snapshotWithModel(
  address: HubAddress,
  environment: NonNullable<ResolveOptions['environment']>,
): Promise<string | null> {
  const snapshot = await cachedSnapshot(hubSettings(environment).cache, address);
  return snapshot !== null && (await holdsModel(snapshot.folder)) ? snapshot.folder : null;
}

function notOnDisk(name: string, entry: CatalogEntry, candidates: readonly string[]): HarnessError {
  const looked = `looked for config.json or a GGUF file in ${candidates.join(', ')}`;
  if ('elsewhere' in entry) {
    const hint = `put its folder into one of these, or name it by its path: --models ${name}=FOLDER${readAs(entry)}`;
    return new HarnessError('missing-checkpoint', `${name}: ${entry.elsewhere}; ${looked}`, { hint });
  }
  if (!('hub' in entry)) {
    const hint = `it is part of this project: restore the folder ${entry.path} from the repository`;
    return new HarnessError('missing-checkpoint', `${name}: not in ${entry.path} of this project; ${looked}`, { hint });
  }
  const { repository, files } = entry.hub;
  const message = `${name}: not on disk; ${looked} and in the cache of the hub. Needed: ${files.join(', ') || 'its weights, config and tokenizer'} of hub repository ${repository}${about(entry.hub)}`;
  return new HarnessError('missing-checkpoint', message, { hint: `bench models pull ${name}` });
}

/** What the catalog says of a model, as settings behind a path: a folder itself may not say that it is a diffusion model. */
function readAs({ family, maskId, shift, blockLength }: CatalogEntry): string {
  if (family === 'autoregressive') return '';
  const block = blockLength === undefined ? '' : `:block-length=${blockLength}`;
  return `:family=diffusion:mask-id=${maskId ?? 'N'}:shift=${shift ? 'on' : 'off'}${block}`;
}

/** What stands behind a model in `--models` alone. */
const SETTINGS = /:(family|mask-id|shift|block-length|tokenizer|adapter)=/;

function noFolder(path: string): HarnessError {
  const model =
    'a model is a folder with config.json and weights, a weight file in one, or a name of bench models list';
  const settings = SETTINGS.exec(path);
  const instead =
    settings === null
      ? model
      : `settings stand behind a model in --models only: give --${settings[1]} as a flag of its own`;
  return new HarnessError('missing-checkpoint', `no folder or file ${resolve(path)}`, { hint: instead });
}

/** Of the names, then of those of hub repositories: of two that are equally near, the first is taken. */
function nearestName(typed: string, catalog: Catalog): string | undefined {
  const own = [...catalog.keys()].map((name) => [name, name] as const);
  const repositories = [...catalog].flatMap(([name, entry]) =>
    'hub' in entry ? [[entry.hub.repository.split('/')[1] as string, name] as const] : [],
  );
  const names = new Map([...repositories, ...own]);
  return names.get(
    nearest(
      typed,
      [...own, ...repositories].map(([name]) => name),
    ) ?? '',
  );
}
