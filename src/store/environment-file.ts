/** `environment.json`, as it is read and written. */
import { join } from 'node:path';
import { isUntouched, seal } from '../core/text/digest.ts';
import { replaceFile } from '../files/draft.ts';
import { firstIssue, jsonOrNull } from '../files/json-file.ts';
import { readIfThere } from '../files/read-line.ts';
import { environmentSchema, NO_SESSIONS, type RunEnvironment, type RunWarning, warning } from './environment.ts';
import { RUN_FILES } from './run-folder.ts';

/** Reads the file. One that is missing has no sessions; one that cannot be read has none and gives a warning. */
export async function readEnvironment(
  folder: string,
): Promise<{ readonly environment: RunEnvironment; readonly warnings: readonly RunWarning[] }> {
  const path = join(folder, RUN_FILES.environment);
  const bytes = await readIfThere(path);
  if (bytes === null) return { environment: NO_SESSIONS, warnings: [] };
  const value = jsonOrNull(bytes.toString('utf8'));
  const parsed = environmentSchema.safeParse(value);
  if (parsed.success && isUntouched(parsed.data)) {
    const { sha256: _, ...environment } = parsed.data;
    return { environment, warnings: [] };
  }
  const wrong = parsed.success ? 'its content is not what its sha256 says' : firstIssue(parsed.error, value);
  const problem = value === null ? 'expected a JSON object, found none' : wrong;
  const message = `${path} cannot be read (${problem}); times and hosts of earlier sessions are unknown`;
  return { environment: NO_SESSIONS, warnings: [warning('damaged-environment', message)] };
}

export async function writeEnvironment(folder: string, environment: RunEnvironment): Promise<void> {
  await replaceFile(join(folder, RUN_FILES.environment), `${JSON.stringify(seal(environment), null, 2)}\n`);
}
