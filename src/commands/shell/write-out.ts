import { dirname } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { type Draft, makeFolder, openDraft, replaceFile } from '../../files/draft.ts';
import { isSystemError, systemWords } from '../../files/system-error.ts';

/**
 * Writes a file that a flag names, in one step, and makes its folder.
 *
 * @throws HarnessError 'bad-arguments' where it cannot be written
 */
export async function writeOut(flag: string, file: string, content: string | AsyncIterable<string>): Promise<void> {
  await makeFolder(dirname(file)).catch((cause) => refuse(flag, file, cause));
  await replaceFile(file, content).catch((cause) => refuse(flag, file, cause));
}

/** Opens a draft of a file that a flag names, see `writeOut`. */
export async function openOut(flag: string, file: string): Promise<Draft> {
  await makeFolder(dirname(file)).catch((cause) => refuse(flag, file, cause));
  return openDraft(file).catch((cause) => refuse(flag, file, cause));
}

function refuse(flag: string, file: string, cause: unknown): never {
  if (!isSystemError(cause)) throw cause;
  const { found, hint } = systemWords(cause);
  const message = `${flag}: expected a file that can be written, found that ${found} (${file})`;
  throw new HarnessError('bad-arguments', message, { cause, hint });
}
