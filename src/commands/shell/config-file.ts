/** The JSON file that `--config` names. */
import { badArguments } from '../../core/errors.ts';
import { readGivenJson } from '../../files/json-file.ts';
import { type Given, shown } from '../../options/read-options.ts';

/** @throws HarnessError 'bad-arguments' naming the file where it is not one JSON object */
export async function readConfig(file: unknown): Promise<Given> {
  if (typeof file !== 'string' || file === '') {
    throw badArguments(`--config: expected one JSON file, found ${shown(file)}`);
  }
  const value = await readGivenJson(file, '--config: ');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badArguments(`--config: expected ${file} to hold one JSON object, found ${shown(value)}`);
  }
  return { ...value };
}
