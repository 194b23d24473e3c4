/** Folders that something new is written into: nothing that stands there is replaced. */
import { readdir } from 'node:fs/promises';
import { badArguments } from '../core/errors.ts';

/**
 * @param flag  that names the folder; null where it is named without one
 * @param isOurs names in it that do not count
 * @throws HarnessError 'bad-arguments' where the folder holds something; the error of the system where it cannot be read
 */
export async function requireEmptyFolder(
  folder: string,
  flag: string | null = null,
  isOurs: (name: string) => boolean = () => false,
): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const count = names.filter((name) => !isOurs(name)).length;
  if (count === 0) return;
  const where = flag === null ? '' : `${flag}: `;
  const found = `${count} ${count === 1 ? 'file' : 'files'}`;
  const hint = 'name a folder that is not there yet';
  throw badArguments(`${where}expected a new or empty folder, found ${found} in ${folder}`, hint);
}
