import { open, readFile, rename, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../files/draft.ts';
import { RUN_FILES } from './run-folder.ts';

/**
 * Moves everything from byte `goodBytes` of the records file to a new `records.damaged-<n>.jsonl`, so that nothing is
 * lost, and returns that file's name. The copy is synced before the original is cut: a crash in between repeats the
 * copy at the next start.
 */
export async function setAsideRecords(folder: string, goodBytes: number): Promise<string> {
  const path = join(folder, RUN_FILES.records);
  const name = await freeName(folder, 'records.damaged', 'jsonl');
  const copy = await open(join(folder, name), 'wx');
  try {
    await copy.writeFile((await readFile(path)).subarray(goodBytes));
    await copy.sync();
  } finally {
    await copy.close();
  }
  await syncFolder(folder);
  await truncate(path, goodBytes);
  return name;
}

/** Moves a damaged environment file to `environment.damaged-<n>.json` and returns that name. */
export async function setAsideEnvironment(folder: string): Promise<string> {
  const name = await freeName(folder, 'environment.damaged', 'json');
  await rename(join(folder, RUN_FILES.environment), join(folder, name));
  return name;
}

async function freeName(folder: string, stem: string, extension: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = `${stem}-${n}.${extension}`;
    if ((await stat(join(folder, name)).catch(() => null)) === null) return name;
  }
}
