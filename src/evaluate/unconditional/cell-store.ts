/** Cells and judgements on disk: whole files, read back through their schema, so that a command can be repeated. */
import { join } from 'node:path';
import type { ZodType } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import { makeFolder, replaceFile } from '../../files/draft.ts';
import { readIfThere } from '../../files/read-line.ts';

/**
 * What a file holds, else what `make` gives, which is then written there.
 *
 * @throws HarnessError 'store-corrupt' where the file is of another form
 */
export async function keptOrMade<T>(
  folder: string,
  name: string,
  schema: ZodType<T>,
  make: () => Promise<T>,
): Promise<T> {
  const path = join(folder, `${name}.json`);
  const content = await readIfThere(path);
  if (content !== null) return parsed(content.toString(), path, schema);
  const made = await make();
  await makeFolder(folder);
  await replaceFile(path, `${JSON.stringify(made)}\n`);
  return made;
}

function parsed<T>(content: string, path: string, schema: ZodType<T>): T {
  try {
    const found = schema.safeParse(JSON.parse(content));
    if (found.success) return found.data;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  const hint = 'move the file away and repeat the command';
  throw new HarnessError('store-corrupt', `${path}: expected texts that bench wrote, found something else`, { hint });
}
