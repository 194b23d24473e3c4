/**
 * From what is published to a net: the value of `config.json` to the network that it describes, as the file of its architecture says, and
 * every weight to its place in the files, or which one is missing, unknown or misshapen.
 */
import { z } from 'zod';
import type {
  ArchitectureKind,
  ClassAnswering,
  Configuration,
  Layout,
  TensorNames,
} from '../architectures/architecture.ts';
import { readableConfig, unknownFields } from '../architectures/config/config-fields.ts';
import { unsupported } from '../architectures/config/config-rules.ts';
import { REFUSED } from '../architectures/config/refused.ts';
import {
  architectureKinds,
  bare,
  kindOf,
  layoutOf,
  netName,
  OTHER_HEAD,
  publishedName,
  weightsOf,
} from '../architectures/index.ts';
import { badCheckpoint, notSupported, quoted } from '../core/errors.ts';
import { parseBySchema } from '../files/json-file.ts';
import type { PlacedTensors, StoredTensor } from './checkpoint.ts';
import { identityOf } from './formats/decode-tensor.ts';
import type { PublishedTensor, PublishedWeights } from './formats/format.ts';
import { misshapen, storedTensor } from './stored-tensor.ts';

const commonSchema = z.looseObject({
  model_type: z.string().nullish(),
  quantization_config: z
    .looseObject({ quant_method: z.string(), load_in_8bit: z.boolean(), load_in_4bit: z.boolean() })
    .partial()
    .nullish(),
});

/** All that a `config.json` says. */
export interface ReadConfig {
  readonly configuration: Configuration;
  /** How models of its class answer. */
  readonly answering: ClassAnswering;
  /** Fields of which nothing is known here. */
  readonly unknown: readonly string[];
}

/**
 * Parses the value of a `config.json`. A key that changes the computation in a way that the net does not implement is refused;
 * unknown keys are tolerated, and told.
 *
 * @param file  its path, for messages
 * @param names tensor names of the checkpoint: they tell the network where `model_type` is absent, as the wrapper of
 *   arXiv 2410.17891 leaves it
 * @throws HarnessError 'bad-checkpoint' on a missing, malformed or inconsistent key;
 *   'not-supported' on a network or a variant that is not implemented
 */
export function parseConfig(value: unknown, file: string, names: Iterable<string>): ReadConfig {
  const { model_type, quantization_config } = parseBySchema(commonSchema, value, file);
  if (quantization_config != null) requireBitsAndBytes(file, quantization_config);
  const kind = model_type == null ? kindOfNames([...names], file) : kindNamed(model_type, file);
  const readable = readableConfig(kind, Object(value), file);
  const config = parseBySchema(kind.configSchema, readable, file);
  return {
    configuration: kind.configuration(config, file),
    answering: kind.answering?.(config) ?? {},
    unknown: unknownFields(kind, Object(value)),
  };
}

function kindNamed(modelType: string, file: string): ArchitectureKind {
  const found = architectureKinds().find(({ kind }) => kind === modelType);
  if (found !== undefined) return found;
  const reason = Object.hasOwn(REFUSED, modelType) ? REFUSED[modelType] : undefined;
  const what = `model_type ${quoted(modelType)}`;
  throw unsupported(file, reason === undefined ? `${what}; ${expected()}` : `${what} is not read: ${reason}`);
}

/** Configs of releases that knew bitsandbytes only do not name it. */
function requireBitsAndBytes(
  file: string,
  { quant_method, load_in_8bit, load_in_4bit }: NonNullable<z.infer<typeof commonSchema>['quantization_config']>,
): void {
  const method = quant_method ?? (load_in_8bit || load_in_4bit ? 'bitsandbytes' : 'an unnamed method');
  if (method === 'bitsandbytes') return;
  const what = `weights are quantised by ${method}; expected bitsandbytes or none`;
  const hint = 'use the 16-bit weights that this model was made from, or a GGUF file of it';
  throw notSupported(`${file}: quantization_config: ${what}`, hint);
}

function kindOfNames(published: readonly string[], file: string): ArchitectureKind {
  const layout = layoutOf(published);
  const found = architectureKinds().find(({ names }) =>
    published.some((each) => names.pattern.test(netName(each, names, layout) ?? '')),
  );
  if (found !== undefined) return found;
  throw badCheckpoint(file, `no model_type, and the tensor names do not tell it; ${expected()}`);
}

const expected = (): string => {
  const kinds = architectureKinds().map(({ kind }) => kind);
  return `expected one of ${kinds.join(', ')}`;
};

/** Heads of models that are made for something else than text. */
const OTHER_MODEL = /^(score|classifier|qa_outputs)\./;
/** Scales of 8-bit floats: without them, the values are others. */
const SCALE = /\.(weight_scale|weight_scale_inv|input_scale|activation_scale)$/;

/**
 * The place of every weight.
 *
 * @throws HarnessError 'bad-checkpoint' naming file and tensor: a weight that is missing, that the net does not have, that
 *   two published names stand for, or whose shape or dtype is not the expected one; 'not-supported' for scaled 8-bit floats
 */
export function placeTensors(configuration: Configuration, weights: PublishedWeights): PlacedTensors {
  refuseScales(weights);
  const { kind, names } = kindOf(configuration);
  const layout = layoutOf(weights.tensors.map(({ name }) => name));
  const found = byNetName(weights, names, layout);
  const published = (name: string) => quoted(publishedName(name, names, layout));
  const embedding = embeddingOf(found, names, configuration);
  if (embedding === undefined) throw badCheckpoint(weights.source, `tensor ${published(names.embedding)} is missing`);
  const [rows] = embedding.shape;
  if (rows === undefined || rows < 1) throw misshapen(embedding, ['any', configuration.width]);
  const tiedHead = isTied(found, names, configuration, weights.source);

  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape } of weightsOf(configuration, rows, !tiedHead)) {
    const tensor = found.get(name);
    if (tensor === undefined) throw badCheckpoint(weights.source, `tensor ${published(name)} is missing`);
    tensors.set(name, storedTensor(tensor, name, shape));
  }
  const strangers = [...found].filter(([name]) => !tensors.has(name));
  const within = strangers.find(([name, tensor]) => isWithin(name, tensor, [...tensors.keys(), names.head], names));
  if (within !== undefined) {
    const [, { file, name }] = within;
    throw badCheckpoint(file, `tensor ${quoted(name)} is no weight of a ${kind} with ${configuration.layers} layers`);
  }
  const notes = passedOver(weights, kind, strangers);
  return { tensors, layout, vocabularyRows: rows, tiedHead, notes };
}

/** Of two names of a tied matrix, a file may have kept that of the output. */
function embeddingOf(
  found: Map<string, PublishedTensor>,
  names: TensorNames,
  { tieWordEmbeddings }: Configuration,
): PublishedTensor | undefined {
  const head = found.get(names.head);
  if (!found.has(names.embedding) && head !== undefined && tieWordEmbeddings) found.set(names.embedding, head);
  return found.get(names.embedding);
}

/** Whether the output matrix is the embedding; if so, it is none of its own in `found` any more. */
function isTied(
  found: Map<string, PublishedTensor>,
  names: TensorNames,
  { tieWordEmbeddings }: Configuration,
  source: string,
): boolean {
  const [head, embedding] = [found.get(names.head), found.get(names.embedding)];
  if (head === undefined && !tieWordEmbeddings) {
    throw badCheckpoint(source, `tensor "${names.head}" is missing and config.json says tie_word_embeddings: false`);
  }
  const isSame = head !== undefined && embedding !== undefined && isSamePlace(head, embedding);
  if (isSame) found.delete(names.head);
  return head === undefined || isSame;
}

const isSamePlace = (a: PublishedTensor, b: PublishedTensor): boolean =>
  JSON.stringify(identityOf(a)) === JSON.stringify(identityOf(b));

function refuseScales({ tensors }: PublishedWeights): void {
  const scale = tensors.find(({ name }) => SCALE.test(name));
  if (scale === undefined) return;
  const what = `tensor ${quoted(scale.name)} scales 8-bit floats; expected floats without scales`;
  const hint = 'use the 16-bit weights that this model was made from, or a GGUF file of it';
  throw notSupported(`${scale.file}: ${what}`, hint);
}

/** Whether a tensor that is no weight stands where the network's are; then file and config speak of different networks. */
function isWithin(name: string, tensor: PublishedTensor, weights: readonly string[], { prefix }: TensorNames): boolean {
  const first = (each: string): string => each.split('.', 1)[0] as string;
  const published = bare(tensor.name);
  if (OTHER_MODEL.test(published)) return true;
  return (
    published.startsWith(prefix) || layoutOf([published]) === 'wrapper' || weights.map(first).includes(first(name))
  );
}

function passedOver(
  { tensors }: PublishedWeights,
  kind: string,
  strangers: readonly (readonly [string, PublishedTensor])[],
): readonly string[] {
  const listed = (names: readonly string[]): string => names.map(quoted).join(', ');
  const heads = tensors.map(({ name }) => name).filter((name) => OTHER_HEAD.test(bare(name)));
  const others = strangers.map(([, { name }]) => name);
  return [
    ...(heads.length === 0 ? [] : [`ignored ${listed(heads)}: no probability of a token depends on it`]),
    ...(others.length === 0 ? [] : [`ignored ${listed(others)}: outside the network of a ${kind}`]),
  ];
}

/**
 * Published tensors under the net's names. A name that was dropped on saving because it shared storage with a kept one
 * comes back from the metadata, unless the file holds that weight anyway.
 */
function byNetName(weights: PublishedWeights, names: TensorNames, layout: Layout): Map<string, PublishedTensor> {
  const found = new Map<string, PublishedTensor>();
  for (const tensor of weights.tensors) {
    const name = netName(tensor.name, names, layout);
    if (name === null) continue;
    const other = found.get(name);
    if (other !== undefined) {
      throw badCheckpoint(
        tensor.file,
        `tensors ${quoted(other.name)} and ${quoted(tensor.name)} are the same weight ${quoted(name)}`,
      );
    }
    found.set(name, tensor);
  }
  const shareable = new Set<string | null>([names.embedding, names.head]);
  for (const [dropped, kept] of weights.aliases) {
    const name = netName(dropped, names, layout);
    const tensor = found.get(netName(kept, names, layout) ?? kept);
    if (name !== null && shareable.has(name) && tensor !== undefined && !found.has(name)) found.set(name, tensor);
  }
  return found;
}
