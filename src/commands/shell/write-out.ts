import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { badArguments, HarnessError } from '../../core/errors.ts';
import { type Draft, makeFolder, openDraft, replaceFile } from '../../files/draft.ts';
import { isFile } from '../../files/file-bytes.ts';
import { isSystemError, systemWords } from '../../files/system-error.ts';
import { refuseStored } from '../../store/run-folder.ts';

/**
 * Writes a file that a flag names, in one step, and makes its folder.
 *
 * @throws HarnessError 'bad-arguments' where it cannot be written, or is part of a stored run
 */
export async function writeOut(flag: string, file: string, content: string | AsyncIterable<string>): Promise<void> {
  await refuseStored(flag, await placeOf(file));
  await makeFolder(dirname(file)).catch((cause) => refuse(flag, file, cause));
  await replaceFile(file, content).catch((cause) => refuse(flag, file, cause));
}

/** Opens a draft of a file that a flag names, see `writeOut`. */
export async function openOut(flag: string, file: string): Promise<Draft> {
  await refuseStored(flag, await placeOf(file));
  await makeFolder(dirname(file)).catch((cause) => refuse(flag, file, cause));
  return openDraft(file).catch((cause) => refuse(flag, file, cause));
}

/** A file that a command is to write. */
export interface OutFile {
  /** Such as `--out`. */
  readonly flag: string;
  readonly file: string;
}

/**
 * Refuses files that would be lost once others are written in their place. What is no regular file, such as `/dev/null`, loses nothing.
 *
 * @param others what else was said, whatever it means: the pieces that name a file are what the command reads
 * @throws HarnessError 'bad-arguments' where a file to write is one that is read, one that another flag writes, or part of a stored run
 */
export async function requireSparing(outs: readonly OutFile[], others: readonly string[]): Promise<void> {
  const written = new Map<string, string>();
  for (const { flag, file } of outs) {
    if ((await stat(file).catch(() => null))?.isFile() === false) continue;
    const place = await placeOf(file);
    await refuseStored(flag, place);
    const other = written.get(place);
    if (other !== undefined) {
      throw badArguments(`${flag}: expected another file than ${other}, found ${file} in both`, 'name one for each');
    }
    written.set(place, flag);
  }
  if (written.size === 0) return;
  for (const piece of new Set(others.flatMap((text) => [text, ...text.split(/[,=:]/)]))) {
    const flag = piece === '' ? undefined : written.get(await placeOf(piece));
    if (flag === undefined || !(await isFile(piece))) continue;
    const message = `${flag}: expected another file than those that the command reads, found ${piece}`;
    throw badArguments(message, `name another file for ${flag}`);
  }
}

/** The path of a file without links, also where it is not there yet. */
async function placeOf(file: string): Promise<string> {
  const folder = dirname(resolve(file));
  return realpath(file).catch(async () => join(await realpath(folder).catch(() => folder), basename(file)));
}

function refuse(flag: string, file: string, cause: unknown): never {
  if (!isSystemError(cause)) throw cause;
  const { found, hint } = systemWords(cause);
  const message = `${flag}: expected a file that can be written, found that ${found} (${file})`;
  throw new HarnessError('bad-arguments', message, { cause, hint });
}
