/** The formats in which weights are read. */
import { join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { isFile } from '../../files/file-bytes.ts';
import { joinQuantised } from './bitsandbytes.ts';
import type { FileFormat, PublishedWeights, WeightFormat } from './format.ts';
import { gguf } from './gguf/gguf.ts';
import { pytorch } from './pytorch/pytorch.ts';
import { safetensors } from './safetensors.ts';
import { readHubFolder } from './shards.ts';

/** The first one that a folder has files of is read. */
const FORMATS: WeightFormat[] = [
  safetensors, //
  pytorch,
  gguf,
];

/**
 * Adds a format, for packages that bring their own.
 *
 * @throws RangeError when its name is taken
 */
export function registerFormat(added: WeightFormat): void {
  if (FORMATS.some(({ name }) => name === added.name)) throw new RangeError(`format ${added.name} exists already`);
  FORMATS.push(added);
}

/**
 * Where the weights of a model lie.
 *
 * @param path absolute: a folder, or a weight file in one
 * @returns null where it has none that can be read
 * @throws HarnessError 'not-supported' for a file whose name no format knows
 */
export async function readPublishedWeights(path: string): Promise<PublishedWeights | null> {
  const found = (await isFile(path)) ? await formatOf(path).readFile(path) : await readFolder(path);
  return found === null ? null : joinQuantised(found);
}

async function readFolder(folder: string): Promise<PublishedWeights | null> {
  for (const format of FORMATS) {
    const found = await ('read' in format ? format.read(folder) : readHubFolder(folder, format));
    if (found !== null) return found;
  }
  return null;
}

function formatOf(file: string): FileFormat {
  const named = fileFormats();
  const found = named.find(({ suffix }) => file.endsWith(suffix));
  if (found !== undefined) return found;
  const expected = named.map(({ suffix }) => suffix).join(', ');
  throw new HarnessError('not-supported', `${file}: expected a folder or a weight file (${expected})`);
}

const fileFormats = (): readonly FileFormat[] => FORMATS.flatMap((format) => ('suffix' in format ? format : []));

/** The error for a folder without weights; says what to do with those that are there in another form. */
export async function noWeights(folder: string): Promise<HarnessError> {
  if (await isFile(join(folder, 'adapter_model.safetensors'))) {
    const what = `${folder}: holds an adapter, not a model; expected ${safetensors.single}`;
    return new HarnessError('missing-checkpoint', what, {
      hint: `name its base, and the adapter for it: BASE:adapter=${folder} in --models, or --adapter ${folder}`,
    });
  }
  const single = FORMATS.flatMap((format) => ('single' in format ? format.single : [])).join(' or ');
  const other = fileFormats().map(({ suffix }) => suffix);
  return new HarnessError(
    'missing-checkpoint',
    `${folder}: no weights; expected ${single}, their shards beside NAME.index.json, or a file that ends with ${other.join(' or ')}`,
  );
}
