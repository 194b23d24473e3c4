/** The JSON file that `--config` names. */
import { readFile } from 'node:fs/promises';
import { HarnessError } from '../../core/errors.ts';
import { type Given, shown } from '../../options/read-options.ts';

/** @throws HarnessError 'bad-arguments' naming the file where it is not one JSON object */
export async function readConfig(file: unknown): Promise<Given> {
  if (typeof file !== 'string' || file === '') {
    throw new HarnessError('bad-arguments', `--config: expected one JSON file, found ${shown(file)}`);
  }
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('bad-arguments', `--config: expected a readable JSON file, found none at ${file}`, {
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('bad-arguments', `--config: ${file} is not JSON: ${reason}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HarnessError(
      'bad-arguments',
      `--config: expected ${file} to hold one JSON object, found ${shown(value)}`,
    );
  }
  return { ...value };
}
