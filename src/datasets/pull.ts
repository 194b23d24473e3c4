/** Downloads the files of a data source; nothing is put in place unless its SHA-256 is the locked one. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { downloadFile } from '@huggingface/hub';
import { HarnessError } from '../core/errors.ts';
import { sha256 } from '../core/text/digest.ts';
import type { Bytes } from '../core/units.ts';
import { makeFolder, replaceFile } from '../files/draft.ts';
import { fetchFailure, hubFetch } from '../hub/hub-error.ts';
import { hubSettings } from '../hub/settings.ts';
import { contentSha256, targetFolder } from './locate.ts';
import { type DataLock, type LockedFile, lockedSource } from './lock.ts';
import { unpacked } from './read-text.ts';
import { zipMember } from './zip-member.ts';

export interface PullProgress {
  readonly file: string;
  readonly received: Bytes;
  /** null where the server does not say. */
  readonly total: Bytes | null;
}

export interface PullOptions {
  /** Folder to fill; null = `BENCH_DATA_DIR`, else the cache folder. */
  readonly dataDir: string | null;
  readonly onProgress?: (progress: PullProgress) => void;
  readonly signal?: AbortSignal;
  readonly lock?: DataLock;
  /** Stands in for the network in tests. */
  readonly fetch?: typeof fetch;
}

export interface PulledFile {
  readonly path: string;
  readonly file: LockedFile;
  /** `present`: the right content was there already. */
  readonly state: 'fetched' | 'present';
}

/** Can this file be fetched without a person's help? */
export function isPullable(file: LockedFile): boolean {
  return file.url !== null || file.hub !== undefined;
}

/**
 * Fetches every file of a source that is not yet in place.
 *
 * @throws HarnessError 'missing-dataset' when a file cannot be fetched, 'bad-dataset' when the server sends other content
 */
export async function pullSource(name: string, options: PullOptions): Promise<readonly PulledFile[]> {
  const { files, origin } = lockedSource(name, options.lock);
  const folder = targetFolder(options.dataDir);
  const pulled: PulledFile[] = [];
  for (const file of files) {
    const path = join(folder, file.name);
    if (existsSync(path) && (await contentSha256(path)) === file.sha256) {
      pulled.push({ path, file, state: 'present' });
      continue;
    }
    if (!isPullable(file)) {
      throw new HarnessError('missing-dataset', `${file.name} cannot be fetched by a command`, {
        hint: `get it by hand: ${origin}; put it at ${path}`,
      });
    }
    const content = await fetchContent(file, path, options);
    const found = sha256(content);
    if (found !== file.sha256) {
      throw new HarnessError(
        'bad-dataset',
        `${address(file)}: expected content with SHA-256 ${file.sha256}, found ${found}; nothing was written`,
      );
    }
    await makeFolder(dirname(path));
    await replaceFile(path, content);
    pulled.push({ path, file, state: 'fetched' });
  }
  return pulled;
}

/** Where a file is published, for messages. */
export function address(file: LockedFile): string {
  if (file.url !== null) return file.member === undefined ? file.url : `${file.url} (member ${file.member})`;
  if (file.hub === undefined) return 'nowhere';
  return `https://huggingface.co/datasets/${file.hub.repo}/resolve/${file.hub.revision}/${file.hub.path}`;
}

async function fetchContent(file: LockedFile, path: string, options: PullOptions): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = file.url === null ? await fromHub(file, options) : await fromUrl(file.url, file.name, options);
  } catch (cause) {
    if (options.signal?.aborted) throw new HarnessError('interrupted', 'download stopped', { cause });
    throw new HarnessError('missing-dataset', `could not download ${address(file)} (${fetchFailure(cause)})`, {
      cause,
      hint: `fetch it on a machine with a network and put it at ${path}`,
    });
  }
  return file.member === undefined ? unpacked(bytes, address(file)) : zipMember(bytes, file.member);
}

async function fromUrl(url: string, name: string, options: PullOptions): Promise<Buffer> {
  const { signal } = options;
  const response = await (options.fetch ?? fetch)(url, signal === undefined ? {} : { signal });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
  const length = Number(response.headers.get('content-length'));
  const total = length > 0 ? length : null;
  const parts: Uint8Array[] = [];
  let received = 0;
  for await (const part of response.body) {
    parts.push(part);
    received += part.length;
    options.onProgress?.({ file: name, received, total });
  }
  return Buffer.concat(parts);
}

async function fromHub(file: LockedFile, options: PullOptions): Promise<Buffer> {
  if (file.hub === undefined) throw new RangeError(`${file.name} has no hub address`);
  const { repo, path, revision } = file.hub;
  const settings = hubSettings(process.env);
  if (settings.offline) throw new Error('HF_HUB_OFFLINE is set');
  const blob = await downloadFile({
    repo: { type: 'dataset', name: repo },
    path,
    revision,
    hubUrl: settings.endpoint,
    fetch: hubFetch(settings, options.signal, options.fetch),
  });
  if (blob === null) throw new Error('not found');
  const bytes = Buffer.from(await blob.arrayBuffer());
  options.onProgress?.({ file: file.name, received: bytes.length, total: bytes.length });
  return bytes;
}
