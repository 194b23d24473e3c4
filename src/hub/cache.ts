/**
 * The folder that all tools of the hub share: `models--owner--name/` with `refs/REVISION` (a commit), `snapshots/COMMIT/FILE`
 * (a link) and `blobs/ETAG` (the content; the name is its SHA-256 where the file is large, else its Git hash).
 *
 * @source huggingface/huggingface_hub v1.0, docs/source/en/guides/manage-cache.md
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badArguments } from '../core/errors.ts';
import { isFolder } from '../files/file-bytes.ts';

export interface HubAddress {
  /** `owner/name` */
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

const ADDRESS = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/;

/** null where the text is no such address. A path that begins with a dot is none. */
export function parseHubAddress(text: string): HubAddress | null {
  const [, repository, revision = 'main'] = ADDRESS.exec(text) ?? [];
  return repository === undefined || /(^|\/)\.{1,2}(\/|$)/.test(text) ? null : { repository, revision };
}

/** @throws HarnessError 'bad-arguments' */
export function requireHubAddress(text: string): HubAddress {
  const address = parseHubAddress(text);
  if (address !== null) return address;
  throw badArguments(`expected a name of the catalog or owner/name[@revision], found ${text}`, 'bench models list');
}

/** As typed; `main` is left out. */
export function addressText({ repository, revision }: HubAddress): string {
  return revision === 'main' ? repository : `${repository}@${revision}`;
}

export const COMMIT = /^[0-9a-f]{40}$/;
export const SHA256 = /^[0-9a-f]{64}$/;

export interface Snapshot {
  readonly commit: string;
  /** Holds the files under their names in the repository. */
  readonly folder: string;
}

export function repositoryFolder(cache: string, repository: string): string {
  return join(cache, `models--${repository.replace('/', '--')}`);
}

/** What is here of a revision; null where nothing is. Files of it may be missing. */
export async function cachedSnapshot(cache: string, { repository, revision }: HubAddress): Promise<Snapshot | null> {
  const folder = repositoryFolder(cache, repository);
  const commit = COMMIT.test(revision) ? revision : await commitOf(folder, revision);
  const snapshot = join(folder, 'snapshots', commit ?? '');
  return commit !== null && (await isFolder(snapshot)) ? { commit, folder: snapshot } : null;
}

async function commitOf(folder: string, revision: string): Promise<string | null> {
  const text = await readFile(join(folder, 'refs', revision), 'utf8').catch(() => '');
  return COMMIT.test(text.trim()) ? text.trim() : null;
}

/** Every repository of models with a snapshot, `owner/name`, in the order of names. */
export async function cachedRepositories(cache: string): Promise<readonly string[]> {
  const folders = (await readdir(cache).catch(() => [])).filter((name) => name.startsWith('models--'));
  const found: string[] = [];
  for (const name of folders.sort()) {
    const snapshots = await readdir(join(cache, name, 'snapshots')).catch(() => []);
    if (snapshots.length > 0) found.push(name.slice('models--'.length).replace('--', '/'));
  }
  return found;
}

/** Every snapshot of a repository. */
export async function cachedSnapshots(cache: string, repository: string): Promise<readonly Snapshot[]> {
  const folder = join(repositoryFolder(cache, repository), 'snapshots');
  const commits = (await readdir(folder).catch(() => [])).filter((name) => COMMIT.test(name));
  return commits.sort().map((commit) => ({ commit, folder: join(folder, commit) }));
}
