/** Checks what is in the cache against the checksums that its blobs are named after. Asks nobody. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { COMMIT, SHA256 } from './cache.ts';
import { checksumOf } from './checksum.ts';

export interface VerifiedFile {
  readonly path: string;
  /** `wrong`: other content than the hub's; `lost`: the link leads nowhere; `unnamed`: a copy, of which nothing says the checksum. */
  readonly state: 'ok' | 'wrong' | 'lost' | 'unnamed';
}

/** Every file of a snapshot, in the order of their names. */
export async function verifySnapshot(folder: string): Promise<readonly VerifiedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const verified: VerifiedFile[] = [];
  for (const path of paths.sort()) verified.push({ path, state: await stateOf(path) });
  return verified;
}

async function stateOf(path: string): Promise<VerifiedFile['state']> {
  const blob = await realpath(path).catch(() => null);
  if (blob === null) return 'lost';
  const name = basename(blob);
  const algorithm = COMMIT.test(name) ? 'git-sha1' : SHA256.test(name) ? 'sha256' : null;
  if (algorithm === null) return 'unnamed';
  const { size } = await stat(blob);
  return (await checksumOf(blob, size, algorithm)) === name ? 'ok' : 'wrong';
}
