/** Opens a checkpoint: what its files say, where its weights lie, how it answers. No value is read. */

import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Architecture, Configuration } from '../architectures/architecture.ts';
import { kindOf, ownDiffusion } from '../architectures/index.ts';
import { badArguments, badCheckpoint, HarnessError, quoted } from '../core/errors.ts';
import type { SftRow } from '../core/sft-row.ts';
import { isFile, isFolder } from '../files/file-bytes.ts';
import { readJsonFile } from '../files/json-file.ts';
import { ADAPTER_CONFIG, readAdapterConfig } from './adapter/adapter-config.ts';
import { readAdapterTensors } from './adapter/adapter-tensors.ts';
import { applyAdapter } from './adapter/apply-adapter.ts';
import { type AnsweringChoices, readBenchJson, resolveAnswering } from './answering.ts';
import type { CatalogEntry } from './catalog.ts';
import type { Checkpoint, PlacedTensors, StoredTensor } from './checkpoint.ts';
import { readEndIds } from './end-ids.ts';
import type { PublishedWeights } from './formats/format.ts';
import { noWeights, readPublishedWeights } from './formats/index.ts';
import { disagreements, otherBase, silentFile, unknownFields } from './opening-notes.ts';
import { parseConfig, placeTensors, type ReadConfig } from './read-net.ts';
import { type ResolvedModel, type ResolveOptions, resolveModel } from './resolve-model.ts';
import { steadyDigest, weightsDigest } from './weights-digest.ts';

export interface OpenOptions {
  /** As typed by the user; the folder where nothing is given. */
  readonly name?: string;
  /** What the catalog says about this model; weaker than `bench.json` in the folder. */
  readonly catalog?: AnsweringChoices & { readonly sft?: SftRow | undefined };
  /** Folder of a LoRA adapter that is merged into the weights. */
  readonly adapter?: string | null;
}

/** Finds a model and opens its checkpoint; `overrides` are what the user typed about it. */
export async function openModel(
  nameOrPath: string,
  { adapter = null, ...overrides }: AnsweringChoices & Pick<OpenOptions, 'adapter'> = {},
  options: ResolveOptions = {},
): Promise<Checkpoint> {
  const { name, folder, file = folder, entry } = await resolveModel(nameOrPath, options);
  if (await isAdapter(folder)) return openAdapter(folder, overrides, { ...options, name, entry, adapter });
  if (adapter === null) return openCheckpoint(file, overrides, { name, catalog: entry ?? {} });
  const called = `${basename(name)}+${basename(resolve(adapter))}`;
  const opened = await openCheckpoint(file, overrides, { name: called, catalog: entry ?? {}, adapter });
  const { base } = await readAdapterConfig(resolve(adapter));
  return { ...opened, notes: [...opened.notes, ...otherBase(base, [name, folder, repositoryOf(entry) ?? name])] };
}

const repositoryOf = (entry: CatalogEntry | null): string | null =>
  entry !== null && 'hub' in entry ? entry.hub.repository : null;

/** An adapter that is named as a model: on the base that the catalog names for it, else its configuration. */
async function openAdapter(
  folder: string,
  overrides: AnsweringChoices,
  {
    name,
    entry,
    adapter: second,
    ...options
  }: ResolveOptions & Pick<ResolvedModel, 'name' | 'entry'> & { readonly adapter: string | null },
): Promise<Checkpoint> {
  if (second !== null) {
    const hint = 'name the base as the model: the one that the adapter was trained on';
    throw badArguments(`${name} is an adapter itself; expected a base model for --adapter ${second}`, hint);
  }
  const config = await readAdapterConfig(folder);
  const base = entry?.adapterOf ?? config.base;
  const found = await resolveModel(base ?? '', options).catch((error: unknown) => {
    if (entry?.adapterOf !== undefined) throw error;
    return null;
  });
  if (found !== null) {
    const catalog = entry ?? found.entry ?? {};
    return openCheckpoint(found.file ?? found.folder, overrides, { name, catalog, adapter: folder });
  }
  const what = `${folder} is an adapter, and its base ${base === null ? 'is not named' : quoted(base)}`;
  const hint = `name the base, and the adapter for it: BASE:adapter=${name} in --models, or --adapter ${name}`;
  throw new HarnessError('missing-checkpoint', `${what}${base === null ? '' : ' is not on disk'}`, { hint });
}

/** Whether a folder holds an adapter and no model of its own. */
async function isAdapter(folder: string): Promise<boolean> {
  return (await isFile(join(folder, ADAPTER_CONFIG))) && !(await isFile(join(folder, 'config.json')));
}

/**
 * Opens a checkpoint: `config.json`, weights in one of the formats (`formats/`), and `bench.json` if there is one. Every weight
 * is found and its shape checked; no value is read.
 *
 * @param path      of the folder, or of a weight file in it
 * @param overrides what the user typed about how the model answers; strongest
 * @throws HarnessError 'missing-checkpoint' when folder, config or weights are absent; 'bad-checkpoint' when they are
 *   damaged or do not fit together; 'not-supported' for other networks and formats; 'bad-arguments' for a mask id that is
 *   missing or no token
 */
export async function openCheckpoint(
  path: string,
  overrides: AnsweringChoices = {},
  { name = path, catalog = {}, adapter = null }: OpenOptions = {},
): Promise<Checkpoint> {
  const named = resolve(path);
  const root = (await isFile(named)) ? dirname(named) : named;
  if (!(await isFolder(root))) throw new HarnessError('missing-checkpoint', `no folder ${root}`);
  const { configuration, answering, unknown, weights, config } = await readPublished(root, named);
  const base = placeTensors(configuration, weights);
  const placed = adapter === null ? base : await adapted(resolve(adapter), configuration, base);
  const { tensors, layout, vocabularyRows, tiedHead, notes } = placed;
  const architecture = architectureOf(configuration, vocabularyRows, tiedHead);
  const bench = await readBenchJson(root);
  const { causal } = kindOf(architecture);
  const network = { layout, vocabularyRows, causal, answering, own: ownDiffusion(architecture) };
  const options = resolveAnswering(root, network, [
    { from: 'flag', choices: overrides },
    { from: 'bench.json', choices: bench },
    { from: 'catalog', choices: catalog },
    { from: 'weight file', choices: weights.answering ?? {} },
  ]);
  return {
    name,
    folder: root,
    architecture,
    options,
    declaredFamily: bench.family ?? catalog.family ?? null,
    sft: bench.sft ?? catalog.sft ?? null,
    endIds: await readEndIds(root, config),
    tensors,
    notes: [
      ...notes,
      ...silentFile(weights, config, options, [overrides, bench, catalog]),
      ...disagreements(weights, config, placed),
      ...unknownFields(unknown),
    ],
    saysTied: configuration.tieWordEmbeddings,
    tokenizer: weights.tokenizer ?? null,
    parameters: [...tensors.values()].reduce((total, tensor) => total + sizeOf(tensor), 0),
    ...steadyDigest(root, () => weightsDigest(architecture, tensors)),
  };
}

async function adapted(folder: string, configuration: Configuration, base: PlacedTensors): Promise<PlacedTensors> {
  const config = await readAdapterConfig(folder);
  const tensors = await readAdapterTensors(folder, kindOf(configuration).names);
  return applyAdapter({ config, ...tensors }, configuration, base);
}

interface Published extends ReadConfig {
  readonly weights: PublishedWeights;
  /** Value of `config.json`. */
  readonly config: unknown;
}

/**
 * What a folder holds; `config.json` may be part of the weight file.
 *
 * @param path the folder, or the weight file in it that was named
 */
async function readPublished(root: string, path: string): Promise<Published> {
  const file = join(root, 'config.json');
  const config = (await isFile(file)) ? await readJsonFile(file) : undefined;
  const weights = await readPublishedWeights(path);
  if (config === undefined && weights?.config === undefined) {
    const cached = await hubCacheFolder(root);
    if (cached !== null) throw cached;
    throw new HarnessError('missing-checkpoint', `${root}: expected config.json beside weights, found no config.json`, {
      hint: 'a checkpoint is a folder as Hugging Face lays it out: config.json, weights and tokenizer files',
    });
  }
  if (weights === null) throw await noWeights(root);
  const names = weights.tensors.map(({ name }) => name);
  if (weights.config === undefined) return { ...parseConfig(config, file, names), weights, config };
  requireAgreement(file, config, weights);
  return { ...parseConfig(weights.config, weights.source, names), weights, config: weights.config };
}

/** Facts that tensors alone do not tell, which a weight file and the `config.json` beside it must not tell differently. */
const SHARED_FACTS = [
  'num_attention_heads',
  'num_key_value_heads',
  'n_head',
  'rope_theta',
  'rms_norm_eps',
  'layer_norm_epsilon',
];

function requireAgreement(file: string, config: unknown, weights: PublishedWeights): void {
  const [said, own] = [Object(config), Object(weights.config)];
  const other = SHARED_FACTS.find((key) => typeof said[key] === 'number' && key in own && said[key] !== own[key]);
  if (other === undefined) return;
  throw badCheckpoint(file, `${other} ${said[other]}, and ${weights.source} says ${own[other]}`, {
    hint: 'keep the file that belongs to the weights: a GGUF file needs no config.json',
  });
}

function architectureOf(configuration: Configuration, vocabularyRows: number, tiedHead: boolean): Architecture {
  const { tieWordEmbeddings: _, ...facts } = configuration;
  return { ...facts, vocabularyRows, tiedHead };
}

const sizeOf = (tensor: StoredTensor): number => tensor.shape.reduce((product, side) => product * side, 1);

/**
 * The error for a folder `models--OWNER--NAME`: it holds snapshots, one a revision, and a model is one of those.
 *
 * @returns null where the folder is no such one
 */
async function hubCacheFolder(folder: string): Promise<HarnessError | null> {
  const snapshots = await readdir(join(folder, 'snapshots')).catch(() => null);
  if (snapshots === null || !basename(folder).startsWith('models--')) return null;
  const main = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => '');
  const [revision] = snapshots.includes(main.trim()) ? [main.trim()] : snapshots.sort();
  const what = 'a model in the cache of Hugging Face, which holds a folder for each revision; expected one of them';
  return new HarnessError('missing-checkpoint', `${folder}: ${what}`, {
    hint:
      revision === undefined
        ? 'it holds none: download the model again'
        : `name the folder of the revision: ${join(folder, 'snapshots', revision)}`,
  });
}
