/** The published weight files of a folder: one `model.safetensors`, or shards listed by `model.safetensors.index.json`. */
import { basename, join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { badCheckpoint, quoted } from '../files/bad-file.ts';
import { isFile } from '../files/file-bytes.ts';
import { parseBySchema, readJsonFile } from '../files/json-file.ts';
import { type PublishedTensor, readSafetensorsHeader } from './formats/safetensors-header.ts';

export interface PublishedWeights {
  /** The file that says which tensors there are: the safetensors file, or the shard index. */
  readonly source: string;
  readonly tensors: readonly PublishedTensor[];
  /** Name dropped on saving -> name kept, for tensors that share storage. */
  readonly aliases: ReadonlyMap<string, string>;
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * Reads the headers of all weight files.
 *
 * @param folder absolute path
 * @throws HarnessError 'missing-checkpoint' when there is no weight file, 'not-supported' when there are only PyTorch
 *   pickles or an adapter, 'bad-checkpoint' when a file is damaged or the shards disagree with their index
 */
export async function readPublishedWeights(folder: string): Promise<PublishedWeights> {
  const single = join(folder, SINGLE);
  if (await isFile(single)) {
    const { tensors, metadata } = await readSafetensorsHeader(single);
    return { source: single, tensors, aliases: new Map(Object.entries(metadata)) };
  }
  const index = join(folder, INDEX);
  if (await isFile(index)) return readShards(folder, index);
  throw await noWeights(folder);
}

async function readShards(folder: string, index: string): Promise<PublishedWeights> {
  const { weight_map } = parseBySchema(indexSchema, await readJsonFile(index), index);
  const place = new Map(Object.entries(weight_map));
  const tensors: PublishedTensor[] = [];
  const aliases = new Map<string, string>();
  for (const shard of [...new Set(place.values())].sort()) {
    if (basename(shard) !== shard || shard.includes('\\') || !shard.endsWith('.safetensors')) {
      throw badCheckpoint(index, `shard ${quoted(shard)} is not the name of a safetensors file in this folder`);
    }
    const file = join(folder, shard);
    if (!(await isFile(file))) throw badCheckpoint(index, `shard ${quoted(shard)} is missing from the folder`);
    const header = await readSafetensorsHeader(file);
    for (const tensor of header.tensors) {
      const listed = place.get(tensor.name);
      if (listed === undefined) throw badCheckpoint(file, `tensor ${quoted(tensor.name)} is not in ${INDEX}`);
      if (listed === shard) tensors.push(tensor);
    }
    for (const [dropped, kept] of Object.entries(header.metadata)) aliases.set(dropped, kept);
  }
  const read = new Set(tensors.map(({ name }) => name));
  for (const [name, shard] of place) {
    if (!read.has(name)) throw badCheckpoint(index, `tensor ${quoted(name)} is not in its shard ${quoted(shard)}`);
  }
  return { source: index, tensors, aliases };
}

async function noWeights(folder: string): Promise<HarnessError> {
  if (
    (await isFile(join(folder, 'pytorch_model.bin'))) ||
    (await isFile(join(folder, 'pytorch_model.bin.index.json')))
  ) {
    return new HarnessError('not-supported', `${folder}: weights are in pytorch_model.bin; expected ${SINGLE}`, {
      hint: `convert once, in that folder: ${CONVERT}`,
    });
  }
  if (await isFile(join(folder, 'adapter_model.safetensors'))) {
    return new HarnessError('not-supported', `${folder}: holds an adapter, not a model; expected ${SINGLE}`, {
      hint: 'merge the adapter into its base model and save that',
    });
  }
  return new HarnessError('missing-checkpoint', `${folder}: no weights; expected ${SINGLE} or ${INDEX}`);
}

/** Copies tensors under their own names, so it serves every layout; a clone ends the sharing that the format cannot store. */
const CONVERT = [
  'python -c "import glob, torch; from safetensors.torch import save_file; w = {}',
  "[w.update(torch.load(f, map_location='cpu', weights_only=True)) for f in sorted(glob.glob('pytorch_model*.bin'))]",
  "save_file({k: v.clone().contiguous() for k, v in w.items()}, 'model.safetensors')\"",
].join('; ');
