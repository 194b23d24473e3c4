import { join, resolve } from 'node:path';
import type { Architecture, Configuration } from '../architectures/architecture.ts';
import { kindOf } from '../architectures/index.ts';
import { HarnessError } from '../core/errors.ts';
import type { SftRow } from '../core/sft-row.ts';
import { isFile, isFolder } from '../files/file-bytes.ts';
import { readJsonFile } from '../files/json-file.ts';
import { type AnsweringChoices, readBenchJson, resolveAnswering } from './answering.ts';
import type { Checkpoint, StoredTensor } from './checkpoint.ts';
import { parseConfig } from './config.ts';
import { placeTensors } from './place-tensors.ts';
import { readPublishedWeights } from './weight-files.ts';
import { weightsDigest } from './weights-digest.ts';

export interface OpenOptions {
  /** As typed by the user; the folder where nothing is given. */
  readonly name?: string;
  /** What the catalog says about this model; weaker than `bench.json` in the folder. */
  readonly catalog?: AnsweringChoices & { readonly sft?: SftRow | undefined };
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
  const configFile = join(root, 'config.json');
  if (!(await isFile(configFile))) {
    throw new HarnessError('missing-checkpoint', `${root}: expected config.json beside weights, found no config.json`, {
      hint: 'a checkpoint is a folder as Hugging Face lays it out: config.json, model.safetensors and tokenizer files',
    });
  }
  const weights = await readPublishedWeights(root);
  const publishedNames = weights.tensors.map((tensor) => tensor.name);
  const configuration = parseConfig(await readJsonFile(configFile), configFile, publishedNames);
  const { tensors, layout, vocabularyRows, tiedHead } = placeTensors(configuration, weights);
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
  );
  return {
    name,
    folder: root,
    architecture,
    options,
    sft: bench.sft ?? catalog.sft ?? null,
    tensors,
    parameters: [...tensors.values()].reduce((total, tensor) => total + sizeOf(tensor), 0),
    digest: () => weightsDigest(architecture, tensors),
  };
}

function architectureOf(configuration: Configuration, vocabularyRows: number, tiedHead: boolean): Architecture {
  const { tieWordEmbeddings: _, ...facts } = configuration;
  return { ...facts, vocabularyRows, tiedHead };
}

function sizeOf(tensor: StoredTensor): number {
  return tensor.shape.reduce((product, side) => product * side, 1);
}
