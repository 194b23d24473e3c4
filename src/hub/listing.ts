/** What a repository holds at a revision: commit, names, sizes and checksums. */
import { listFiles, modelInfo } from '@huggingface/hub';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import type { Bytes } from '../core/units.ts';
import { addressText, COMMIT, type HubAddress, SHA256 } from './cache.ts';
import { type Fetch, notObtained } from './hub-error.ts';

export interface HubFile {
  /** In the repository, parts separated by `/`. */
  readonly path: string;
  readonly size: Bytes;
  /** SHA-256 of the content where the hub keeps it as a large file, else its Git hash (SHA-1). */
  readonly checksum: Checksum;
}

export interface Checksum {
  readonly algorithm: 'sha256' | 'git-sha1';
  /** Lower-case hexadecimal; the name of the blob in the cache. */
  readonly hex: string;
}

/** No path that leaves the folder that it is put into. */
const path = z
  .string()
  .refine((text) => text.split('/').every((part) => /^[^\\/\0]+$/.test(part) && !/^\.\.?$/.test(part)));
const entry = z.object({
  type: z.string(),
  path,
  size: z.int().nonnegative(),
  oid: z.string(),
  lfs: z.object({ oid: z.string() }).optional(),
});

/**
 * @param endpoint  of the hub
 * @throws HarnessError 'missing-checkpoint' where the hub does not give it; 'bad-checkpoint' where its answer makes no sense
 */
export async function listRepository(address: HubAddress, endpoint: string, fetch: Fetch) {
  const what = addressText(address);
  const found: unknown[] = [];
  let commit: string;
  try {
    const request = { hubUrl: endpoint, fetch };
    commit = await commitAt(address, request);
    const repo = { type: 'model', name: address.repository } as const;
    for await (const each of listFiles({ ...request, repo, revision: commit, recursive: true })) found.push(each);
  } catch (error) {
    throw notObtained(what, endpoint, error);
  }
  return { commit, files: found.flatMap((each) => hubFile(each, what, endpoint)) };
}

async function commitAt(
  { repository: name, revision }: HubAddress,
  request: { readonly hubUrl: string; readonly fetch: Fetch },
): Promise<string> {
  if (COMMIT.test(revision)) return revision;
  const { sha } = await modelInfo({ ...request, name, revision, additionalFields: ['sha'] });
  if (typeof sha === 'string' && COMMIT.test(sha)) return sha;
  throw new Error(`expected a commit for revision ${revision}, found ${String(sha)}`);
}

/** Empty for folders. */
function hubFile(listed: unknown, what: string, endpoint: string): readonly HubFile[] {
  const parsed = entry.safeParse(listed);
  if (!parsed.success) {
    throw new HarnessError('bad-checkpoint', `${endpoint} lists a file of ${what} in a form that is not known`, {
      hint: 'check HF_ENDPOINT, or update bench',
    });
  }
  const { type, path, size, oid, lfs } = parsed.data;
  if (type !== 'file') return [];
  const checksum = { algorithm: lfs === undefined ? 'git-sha1' : 'sha256', hex: lfs?.oid ?? oid } as const;
  if (!(checksum.algorithm === 'sha256' ? SHA256 : COMMIT).test(checksum.hex)) {
    throw new HarnessError('bad-checkpoint', `${endpoint} gives no checksum for ${path} of ${what}`);
  }
  return [{ path, size, checksum }];
}
