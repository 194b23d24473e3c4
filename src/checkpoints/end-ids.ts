/** The tokens with which a checkpoint says that text ends: `eos_token_id`, a number or a list, as Hugging Face's `generate` reads it. */
import { join } from 'node:path';
import { z } from 'zod';
import { isFile } from '../files/file-bytes.ts';
import { parseBySchema, readJsonFile } from '../files/json-file.ts';

const id = z.int('expected a token id, a whole number from 0').min(0, 'expected a token id, a whole number from 0');
const schema = z.looseObject({ eos_token_id: z.union([id, z.array(id)]).nullish() });

/**
 * `generation_config.json` says it where it says anything, else `config.json`.
 *
 * @param config value of `config.json`
 * @returns in the order of the file, none twice; empty where neither says anything
 * @throws HarnessError 'bad-checkpoint' on anything but ids
 */
export async function readEndIds(folder: string, config: unknown): Promise<readonly number[]> {
  const file = join(folder, 'generation_config.json');
  const ofGeneration = (await isFile(file)) ? idsOf(await readJsonFile(file), file) : [];
  return ofGeneration.length > 0 ? ofGeneration : idsOf(config, join(folder, 'config.json'));
}

function idsOf(value: unknown, file: string): readonly number[] {
  const { eos_token_id: named } = parseBySchema(schema, value, file);
  return named == null ? [] : [...new Set([named].flat())];
}
