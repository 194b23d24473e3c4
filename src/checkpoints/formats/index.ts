/** The formats in which weights are read. */
import { join } from 'node:path';
import { HarnessError, notSupported } from '../../core/errors.ts';
import { isFile } from '../../files/file-bytes.ts';
import { joinQuantised } from './bitsandbytes.ts';
import type { FileFormat, PublishedWeights, WeightFormat } from './format.ts';
import { gguf } from './gguf/gguf.ts';
import { pytorch } from './pytorch/read-torch-file.ts';
import { safetensors } from './safetensors.ts';
import { readHubFolder, refuseShard } from './shards.ts';

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
 * @throws HarnessError 'not-supported' for a file whose name no format knows; 'bad-arguments' for one of several shards;
 *   'bad-checkpoint' for a damaged file
 */
export async function readPublishedWeights(path: string): Promise<PublishedWeights | null> {
  try {
    const found = (await isFile(path)) ? await readNamedFile(path) : await readFolder(path);
    return found === null ? null : joinQuantised(found);
  } catch (error) {
    throw withNextStep(error);
  }
}

async function readNamedFile(file: string): Promise<PublishedWeights> {
  const format = formatOf(file);
  if ('single' in format) await refuseShard(file, format);
  return format.readFile(file);
}

/** What is wrong inside a weight file is mended by another copy, where the error knows no better. */
function withNextStep(error: unknown): unknown {
  if (!(error instanceof HarnessError) || error.code !== 'bad-checkpoint' || error.hint !== undefined) return error;
  const hint = 'it is damaged, or not whole: fetch or copy it again (bench models verify checks files of the hub)';
  return new HarnessError(error.code, error.message, { hint, cause: error });
}

async function readFolder(folder: string): Promise<PublishedWeights | null> {
  for (const format of FORMATS) {
    const found = await ('read' in format ? format.read(folder) : readHubFolder(folder, format));
    if (found !== null) return found;
  }
  return null;
}

function formatOf(file: string): NamedFormat {
  const named = fileFormats();
  const found = named.find(({ suffix }) => file.endsWith(suffix));
  if (found !== undefined) return found;
  const expected = named.map(({ suffix }) => suffix).join(', ');
  throw notSupported(`${file}: expected a folder or a weight file (${expected})`);
}

/** Those whose files can be named as a model. */
type NamedFormat = Extract<WeightFormat, FileFormat>;

const fileFormats = (): readonly NamedFormat[] => FORMATS.flatMap((format) => ('suffix' in format ? format : []));

/** The error for a folder without weights; says what to do with those that are there in another form. */
export async function noWeights(folder: string): Promise<HarnessError> {
  if (await isFile(join(folder, 'adapter_model.safetensors'))) {
    const what = `${folder}: holds an adapter, not a model; expected ${safetensors.single}`;
    const hint = `name its base, and the adapter for it: BASE:adapter=${folder} in --models, or --adapter ${folder}`;
    return new HarnessError('missing-checkpoint', what, { hint });
  }
  const single = FORMATS.flatMap((format) => ('single' in format ? format.single : [])).join(' or ');
  const other = fileFormats().map(({ suffix }) => suffix);
  const message = `${folder}: no weights; expected ${single}, their shards beside NAME.index.json, or a file that ends with ${other.join(' or ')}`;
  return new HarnessError('missing-checkpoint', message);
}
