/** Weights in several files, with an index that says which tensor lies in which. */
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { badArguments, badCheckpoint, quoted } from '../../core/errors.ts';
import { isFile } from '../../files/file-bytes.ts';
import { parseBySchema, readJsonFile } from '../../files/json-file.ts';
import type { HubFormat, PublishedTensor, PublishedWeights } from './format.ts';

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * What a folder holds in a format: the one file, else the shards of an index.
 *
 * @returns null where it has neither
 * @throws HarnessError as `readFile` of the format and `readShards`
 */
export async function readHubFolder(folder: string, format: HubFormat): Promise<PublishedWeights | null> {
  const single = join(folder, format.single);
  if (await isFile(single)) return format.readFile(single);
  const index = `${single}.index.json`;
  return (await isFile(index)) ? readShards(folder, index, format) : null;
}

/**
 * The tensors that an index lists, in the files that it names.
 *
 * @param index absolute path, in the folder of the shards
 * @throws HarnessError 'bad-checkpoint' where a shard is missing or outside the folder, or disagrees with the index
 */
async function readShards(folder: string, index: string, format: HubFormat): Promise<PublishedWeights> {
  const { weight_map } = parseBySchema(indexSchema, await readJsonFile(index), index);
  const place = new Map(Object.entries(weight_map));
  const tensors: PublishedTensor[] = [];
  const aliases = new Map<string, string>();
  for (const shard of [...new Set(place.values())].sort()) {
    const read = await format.readFile(await shardFile(folder, index, shard, format));
    tensors.push(...listedTensors(read, shard, place, index));
    for (const [dropped, kept] of read.aliases) aliases.set(dropped, kept);
  }
  const read = new Set(tensors.map(({ name }) => name));
  for (const [name, shard] of place) {
    if (!read.has(name)) throw badCheckpoint(index, `tensor ${quoted(name)} is not in its shard ${quoted(shard)}`);
  }
  return { source: index, tensors, aliases };
}

/**
 * A shard holds some of a model's weights; by itself it would be called incomplete.
 *
 * @throws HarnessError 'bad-arguments' where the index beside a file lists it
 */
export async function refuseShard(file: string, { single }: HubFormat): Promise<void> {
  const folder = dirname(file);
  const index = join(folder, `${single}.index.json`);
  if (!(await isFile(index))) return;
  const { weight_map } = parseBySchema(indexSchema, await readJsonFile(index), index);
  if (!Object.values(weight_map).includes(basename(file))) return;
  const hint = `name their folder: ${folder}`;
  throw badArguments(`${file}: one of the shards that ${basename(index)} lists; expected them all`, hint);
}

async function shardFile(folder: string, index: string, shard: string, { suffix, called }: HubFormat): Promise<string> {
  if (basename(shard) !== shard || shard.includes('\\') || !shard.endsWith(suffix)) {
    throw badCheckpoint(index, `shard ${quoted(shard)} is not the name of a ${called} in this folder`);
  }
  const file = join(folder, shard);
  if (await isFile(file)) return file;
  throw badCheckpoint(index, `shard ${quoted(shard)} is missing from the folder`, {
    hint: 'fetch the whole model again, or the file that is missing',
  });
}

function listedTensors(
  { tensors }: PublishedWeights,
  shard: string,
  place: ReadonlyMap<string, string>,
  index: string,
): readonly PublishedTensor[] {
  const stranger = tensors.find(({ name }) => !place.has(name));
  if (stranger !== undefined) {
    throw badCheckpoint(stranger.file, `tensor ${quoted(stranger.name)} is not in ${basename(index)}`);
  }
  return tensors.filter(({ name }) => place.get(name) === shard);
}
