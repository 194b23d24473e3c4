import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { type Draft, openDraft } from '../../files/draft.ts';
import { replaceFile } from '../../files/replace-file.ts';

/**
 * Writes a file that a flag names, in one step, and makes its folder.
 *
 * @throws HarnessError 'bad-arguments' where it cannot be written
 */
export async function writeOut(flag: string, file: string, content: string | AsyncIterable<string>): Promise<void> {
  await mkdir(dirname(file), { recursive: true }).catch((cause) => refuse(flag, cause));
  await replaceFile(file, content).catch((cause) => refuse(flag, cause));
}

/** Opens a draft of a file that a flag names, see `writeOut`. */
export async function openOut(flag: string, file: string): Promise<Draft> {
  await mkdir(dirname(file), { recursive: true }).catch((cause) => refuse(flag, cause));
  return openDraft(file).catch((cause) => refuse(flag, cause));
}

function refuse(flag: string, cause: unknown): never {
  if (cause instanceof HarnessError) throw cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const found =
    code === 'EROFS' ? 'a read-only file system' : code === 'EACCES' ? 'no permission to write there' : message;
  throw new HarnessError('bad-arguments', `${flag}: expected a file that can be written, found ${found}`, { cause });
}
