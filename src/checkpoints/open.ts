/** Opens a checkpoint: what its files say, where its weights lie, how it answers. No value is read. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Architecture, ArchitectureKind, Configuration } from '../architectures/architecture.ts';
import { unsupported } from '../architectures/config-rules.ts';
import { architectureKinds, kindOf, ownDiffusion } from '../architectures/index.ts';
import { badCheckpoint, HarnessError, quoted } from '../core/errors.ts';
import type { SftRow } from '../core/sft-row.ts';
import { isFile, isFolder } from '../files/file-bytes.ts';
import { parseBySchema, readJsonFile } from '../files/json-file.ts';
import { type AnsweringChoices, readBenchJson, resolveAnswering } from './answering.ts';
import type { Checkpoint, StoredTensor } from './checkpoint.ts';
import { readEndIds } from './end-ids.ts';
import type { PublishedWeights } from './formats/format.ts';
import { noWeights, readPublishedWeights } from './formats/index.ts';
import { hubCacheFolder } from './hub-cache.ts';
import { layoutOf, netName, placeTensors } from './place-tensors.ts';
import { type ResolveOptions, resolveModel } from './resolve-model.ts';
import { weightsDigest } from './weights-digest.ts';

export interface OpenOptions {
  /** As typed by the user; the folder where nothing is given. */
  readonly name?: string;
  /** What the catalog says about this model; weaker than `bench.json` in the folder. */
  readonly catalog?: AnsweringChoices & { readonly sft?: SftRow | undefined };
}

/** Finds a model and opens its checkpoint; `overrides` are what the user typed about how it answers. */
export async function openModel(
  nameOrPath: string,
  overrides: AnsweringChoices = {},
  options: ResolveOptions = {},
): Promise<Checkpoint> {
  const { name, folder, entry } = await resolveModel(nameOrPath, options);
  return openCheckpoint(folder, overrides, { name, catalog: entry ?? {} });
}

/**
 * Opens a checkpoint folder: `config.json`, weights in safetensors (one file or shards), and `bench.json` if there is one.
 * Every weight is found and its shape checked; no value is read.
 *
 * @param overrides what the user typed about how the model answers; strongest
 * @throws HarnessError 'missing-checkpoint' when folder, config or weights are absent; 'bad-checkpoint' when they are
 *   damaged or do not fit together; 'not-supported' for other networks and formats; 'bad-arguments' for a mask id that is
 *   missing or no token
 */
export async function openCheckpoint(
  folder: string,
  overrides: AnsweringChoices = {},
  { name = folder, catalog = {} }: OpenOptions = {},
): Promise<Checkpoint> {
  const root = resolve(folder);
  if (!(await isFolder(root))) throw new HarnessError('missing-checkpoint', `no folder ${root}`);
  const { configuration, weights, config } = await readPublished(root);
  const { tensors, layout, vocabularyRows, tiedHead, notes } = placeTensors(configuration, weights);
  const architecture = architectureOf(configuration, vocabularyRows, tiedHead);
  const bench = await readBenchJson(root);
  const options = resolveAnswering(
    root,
    layout,
    vocabularyRows,
    [
      { from: 'flag', choices: overrides },
      { from: 'bench.json', choices: bench },
      { from: 'catalog', choices: catalog },
    ],
    kindOf(architecture).causal,
    ownDiffusion(architecture),
  );
  return {
    name,
    folder: root,
    architecture,
    options,
    declaredFamily: bench.family ?? catalog.family ?? null,
    sft: bench.sft ?? catalog.sft ?? null,
    endIds: await readEndIds(root, config),
    tensors,
    notes,
    saysTied: configuration.tieWordEmbeddings,
    parameters: [...tensors.values()].reduce((total, tensor) => total + sizeOf(tensor), 0),
    digest: () => weightsDigest(architecture, tensors),
  };
}

interface Published {
  readonly configuration: Configuration;
  readonly weights: PublishedWeights;
  /** Value of `config.json`. */
  readonly config: unknown;
}

/** What a folder holds; `config.json` may be part of the weight file. */
async function readPublished(root: string): Promise<Published> {
  const file = join(root, 'config.json');
  const config = (await isFile(file)) ? await readJsonFile(file) : undefined;
  const weights = await readPublishedWeights(root);
  if (config === undefined && weights?.config === undefined) {
    const cached = await hubCacheFolder(root);
    if (cached !== null) throw cached;
    throw new HarnessError('missing-checkpoint', `${root}: expected config.json beside weights, found no config.json`, {
      hint: 'a checkpoint is a folder as Hugging Face lays it out: config.json, model.safetensors and tokenizer files',
    });
  }
  if (weights === null) throw await noWeights(root);
  const names = weights.tensors.map(({ name }) => name);
  const value = config ?? weights.config;
  return { configuration: parseConfig(value, file, names), weights, config: value };
}

const commonSchema = z.looseObject({ model_type: z.string().nullish(), quantization_config: z.unknown().optional() });

/**
 * Parses the value of a `config.json`. Unknown keys are tolerated; a key that changes the computation in a way that the
 * net does not implement is refused.
 *
 * @param file  its path, for messages
 * @param names tensor names of the checkpoint: they tell the network where `model_type` is absent, as the wrapper of
 *   arXiv 2410.17891 leaves it
 * @throws HarnessError 'bad-checkpoint' on a missing, malformed or inconsistent key;
 *   'not-supported' on a network or a variant that is not implemented
 */
export function parseConfig(value: unknown, file: string, names: Iterable<string>): Configuration {
  const { model_type, quantization_config } = parseBySchema(commonSchema, value, file);
  if (quantization_config != null) throw unsupported(file, 'quantization_config: quantised weights are not read');
  const kinds = architectureKinds();
  const named = (): ArchitectureKind | undefined => kinds.find(({ kind }) => kind === model_type);
  const kind = model_type == null ? kindOfNames([...names]) : named();
  if (kind !== undefined) return kind.configuration(parseBySchema(kind.configSchema, value, file), file);
  const expected = `expected ${kinds.map((each) => each.kind).join(' or ')}`;
  if (model_type != null) throw unsupported(file, `model_type ${quoted(model_type)}; ${expected}`);
  throw badCheckpoint(file, `no model_type, and the tensor names do not tell it; ${expected}`);
}

function kindOfNames(published: readonly string[]): ArchitectureKind | undefined {
  const layout = layoutOf(published);
  return architectureKinds().find(({ names }) =>
    published.some((each) => names.pattern.test(netName(each, names, layout) ?? '')),
  );
}

function architectureOf(configuration: Configuration, vocabularyRows: number, tiedHead: boolean): Architecture {
  const { tieWordEmbeddings: _, ...facts } = configuration;
  return { ...facts, vocabularyRows, tiedHead };
}

function sizeOf(tensor: StoredTensor): number {
  return tensor.shape.reduce((product, side) => product * side, 1);
}
