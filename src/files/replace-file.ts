import { openDraft } from './draft.ts';

/**
 * The way in which this program writes files that are whole: a crash leaves the old content or the new, never a mixture, never an
 * empty file. Parts are written one after the other, so that what is large is never in memory as a whole.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const draft = await openDraft(path);
  try {
    if (typeof content === 'string' || content instanceof Uint8Array) await draft.file.writeFile(content);
    else for await (const part of content) await draft.file.appendFile(part);
    await draft.commit();
  } finally {
    await draft.discard();
  }
}
