/** The folder of a model in the cache of Hugging Face's libraries, which is easily taken for the model itself. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HarnessError } from '../core/errors.ts';

/**
 * The error for a folder `models--OWNER--NAME`: it holds snapshots, one a revision, and a model is one of those.
 *
 * @returns null where the folder is no such one
 */
export async function hubCacheFolder(folder: string): Promise<HarnessError | null> {
  const snapshots = await readdir(join(folder, 'snapshots')).catch(() => null);
  if (snapshots === null || !basename(folder).startsWith('models--')) return null;
  const main = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => '');
  const [revision] = snapshots.includes(main.trim()) ? [main.trim()] : snapshots.sort();
  const what = 'a model in the cache of Hugging Face, which holds a folder for each revision; expected one of them';
  return new HarnessError('missing-checkpoint', `${folder}: ${what}`, {
    hint:
      revision === undefined
        ? 'it holds none: download the model again'
        : `name the folder of the revision: ${join(folder, 'snapshots', revision)}`,
  });
}
