import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file in one step: a crash leaves the old content or the new, never a mixture. The content is written to a draft
 * beside it and synced first.
 *
 * @param draft of a name of its own where there may be two writers at once; a run's lock rules them out
 */
export async function atomicWrite(path: string, content: string | Uint8Array, draft = `${path}.tmp`): Promise<void> {
  await replaced(path, draft, (file) => file.writeFile(content));
}

/** As `atomicWrite`, part after part: what is large is never in memory as a whole. */
export async function atomicWriteParts(
  path: string,
  parts: AsyncIterable<string>,
  draft = `${path}.tmp`,
): Promise<void> {
  await replaced(path, draft, async (file) => {
    for await (const part of parts) await file.appendFile(part);
  });
}

async function replaced(path: string, draft: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    const file = await open(draft, 'w');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
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
