/** Fetches a model into the cache that all tools of the hub share. Nothing is put in place unless its checksum is right. */
import { existsSync } from 'node:fs';
import { copyFile, lstat, rename, rm, stat, statfs, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import type { Bytes } from '../core/units.ts';
import { makeFolder, replaceFile } from '../files/draft.ts';
import { acquireLock } from '../files/folder-lock.ts';
import { addressText, COMMIT, type HubAddress, repositoryFolder } from './cache.ts';
import { isIntact } from './checksum.ts';
import { chooseFiles, sizeText } from './choose-files.ts';
import { type DownloadOptions, download } from './download.ts';
import { type Fetch, hubFetch, notObtained } from './hub-error.ts';
import { type HubFile, listRepository } from './listing.ts';
import type { HubSettings } from './settings.ts';

export interface PullOptions extends Pick<DownloadOptions, 'patience' | 'pause'> {
  readonly settings: HubSettings;
  readonly signal?: AbortSignal | undefined;
  /** Told once before anything is fetched. */
  readonly onPlan?: (plan: PullPlan) => void;
  /** Told the bytes of the plan that are here. */
  readonly onProgress?: (received: Bytes) => void;
  /** Stands in for the network in tests. */
  readonly fetch?: Fetch;
}

export interface PullPlan {
  readonly commit: string;
  readonly files: readonly HubFile[];
  readonly bytes: Bytes;
}

export interface PulledModel {
  readonly commit: string;
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly size: Bytes; readonly state: 'fetched' | 'present' }[];
}

const LOCK = 'bench-pull.lock';

/**
 * Fetches what an evaluation needs of a repository, as `chooseFiles`, and goes on where an earlier call was stopped.
 *
 * @throws HarnessError 'missing-checkpoint' where the hub does not give it, or is not to be asked; 'bad-checkpoint' where it
 *   sends something else; 'store-locked' while another process fetches from the same repository
 */
export async function pullModel(
  address: HubAddress,
  patterns: readonly string[],
  options: PullOptions,
): Promise<PulledModel> {
  const { settings, signal } = options;
  if (settings.offline) throw offline(address);
  const fetch = hubFetch(settings, signal, options.fetch);
  const { commit, files } = await listRepository(address, settings.endpoint, fetch);
  const wanted = chooseFiles(files, patterns, addressText(address));
  const folder = repositoryFolder(settings.cache, address.repository);
  await makeFolder(join(folder, 'blobs'));
  const lock = await acquireLock(folder, LOCK);
  try {
    options.onPlan?.({ commit, files: wanted, bytes: bytesOf(wanted) });
    await requireRoom(folder, wanted);
    const pulled = await fetchAll(address, { commit, files: wanted }, folder, { ...options, fetch });
    if (!COMMIT.test(address.revision)) await writeRef(folder, address.revision, commit);
    return { commit, folder: join(folder, 'snapshots', commit), files: pulled };
  } finally {
    await lock.release();
  }
}

const bytesOf = (files: readonly HubFile[]): Bytes => files.reduce((sum, { size }) => sum + size, 0);

function offline(address: HubAddress): HarnessError {
  return new HarnessError('missing-checkpoint', `${addressText(address)} is not fetched: HF_HUB_OFFLINE is set`, {
    hint: 'unset HF_HUB_OFFLINE, or copy the folder of the repository from the cache of another machine',
  });
}

async function requireRoom(folder: string, files: readonly HubFile[]): Promise<void> {
  const missing = files.filter(({ checksum }) => !existsSync(join(folder, 'blobs', checksum.hex)));
  const { bavail, bsize } = await statfs(folder);
  const begun = await Promise.all(missing.map(({ checksum }) => sizeOf(incomplete(folder, checksum.hex))));
  const needed = bytesOf(missing) - begun.reduce((sum, size) => sum + size, 0);
  if (needed <= bavail * bsize) return;
  throw new HarnessError('system', `${folder}: ${sizeText(needed)} are needed, ${sizeText(bavail * bsize)} are free`, {
    hint: 'make room, or set HF_HUB_CACHE to a folder on a larger disk',
  });
}

const incomplete = (folder: string, hex: string): string => join(folder, 'blobs', `${hex}.incomplete`);

const sizeOf = async (file: string): Promise<Bytes> => (await stat(file).catch(() => null))?.size ?? 0;

async function fetchAll(
  address: HubAddress,
  { commit, files }: Pick<PullPlan, 'commit' | 'files'>,
  folder: string,
  options: PullOptions & { readonly fetch: Fetch },
): Promise<PulledModel['files']> {
  const { endpoint } = options.settings;
  const pulled: { path: string; size: Bytes; state: 'fetched' | 'present' }[] = [];
  let before = 0;
  for (const file of files) {
    const place = join(folder, 'snapshots', commit, file.path);
    const url = `${endpoint}/${address.repository}/resolve/${commit}/${file.path.split('/').map(encodeURIComponent).join('/')}`;
    const onProgress = (received: Bytes) => options.onProgress?.(before + received);
    const state = await fetchOne(url, file, { folder, place }, { ...options, onProgress }).catch((error: unknown) => {
      throw notObtained(`${addressText(address)}, file ${file.path},`, endpoint, error);
    });
    before += file.size;
    options.onProgress?.(before);
    pulled.push({ path: file.path, size: file.size, state });
  }
  return pulled;
}

async function fetchOne(
  url: string,
  file: HubFile,
  { folder, place }: { readonly folder: string; readonly place: string },
  options: DownloadOptions,
): Promise<'fetched' | 'present'> {
  if (await isIntact(place, file)) return 'present';
  const blob = join(folder, 'blobs', file.checksum.hex);
  const isHere = await isIntact(blob, file);
  if (!isHere) {
    await download(url, file, incomplete(folder, file.checksum.hex), options);
    await rename(incomplete(folder, file.checksum.hex), blob);
  }
  await makeFolder(dirname(place));
  await pointTo(blob, place);
  return isHere ? 'present' : 'fetched';
}

/** A link, or a copy where links cannot be made. */
async function pointTo(blob: string, place: string): Promise<void> {
  if (await lstat(place).catch(() => null)) await rm(place, { force: true });
  await symlink(relative(dirname(place), blob), place).catch(() => copyFile(blob, place));
}

async function writeRef(folder: string, revision: string, commit: string): Promise<void> {
  const path = join(folder, 'refs', revision);
  await makeFolder(dirname(path));
  await replaceFile(path, commit);
}
