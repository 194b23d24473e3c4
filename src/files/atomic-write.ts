import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file in one step: a crash leaves the old content or the new, never a mixture. The content is written to
 * `<path>.tmp` and synced first. Two writers at once are not supported; a run's lock rules them out.
 */
export async function atomicWrite(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(`${path}.tmp`, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
  await syncFolder(dirname(path));
}

/** Makes created and renamed names durable. Where folders cannot be synced (Windows) the system does it in its own time. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync();
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'EISDIR', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
