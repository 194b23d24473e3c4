/**
 * Gives every weight of a net its place in the published files, or says which one is missing, unknown or misshapen.
 *
 * Two layouts of names exist: `plain`, as the causal classes save themselves (with or without their prefix in front), and
 * `wrapper`, as the diffusion wrapper of arXiv 2410.17891 does (`embed_tokens.weight`, `denoise_model.…`, `lm_head.weight`).
 *
 * @source HKUNLP/DiffuLLaMA at c17e897, LLaMA-Factory/src/llamafactory/train/ddm/model.py and model/loader.py
 */
import type { Configuration, TensorNames } from '../architectures/architecture.ts';
import { kindOf, weightsOf } from '../architectures/index.ts';
import { badCheckpoint, quoted, shapeText } from '../core/errors.ts';
import type { Layout, StoredDtype, StoredTensor } from './checkpoint.ts';
import type { PublishedTensor, PublishedWeights } from './formats/format.ts';

const WRAPPED = 'denoise_model.';
/** The embedding in the wrapper; it stands before the network and outside it. */
export const WRAPPED_EMBEDDING = 'embed_tokens.weight';

/** Which layout a set of published names is in. */
export function layoutOf(names: Iterable<string>): Layout {
  for (const name of names) if (name.startsWith(WRAPPED)) return 'wrapper';
  return 'plain';
}

/**
 * The net's name of a published tensor; null where the tensor is to be ignored: a buffer, or a `model.…` duplicate that
 * older wrapper checkpoints carry beside `denoise_model.…`. A name of neither layout comes back as it is, for the caller
 * to find that the net has no such weight.
 */
export function netName(published: string, { prefix, embedding, buffer }: TensorNames, layout: Layout): string | null {
  if (layout === 'wrapper' && published.startsWith('model.')) return null;
  if (layout === 'wrapper' && published === WRAPPED_EMBEDDING) return embedding;
  const front = layout === 'wrapper' ? WRAPPED : prefix;
  const name = published.startsWith(front) ? published.slice(front.length) : published;
  return buffer.test(name) ? null : name;
}

/** The name under which a layout publishes a net's weight: the inverse of `netName`. */
export function publishedName(name: string, { prefix, embedding, head }: TensorNames, layout: Layout): string {
  if (name === head) return name;
  if (layout === 'plain') return `${prefix}${name}`;
  return name === embedding ? WRAPPED_EMBEDDING : `${WRAPPED}${name}`;
}

export interface PlacedTensors {
  /** Net name -> place, in the order of the computation. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly layout: Layout;
  readonly vocabularyRows: number;
  readonly tiedHead: boolean;
}

/**
 * @throws HarnessError 'bad-checkpoint' naming file and tensor: a weight that is missing, that the net does not have, that
 *   two published names stand for, or whose shape or dtype is not the expected one
 */
export function placeTensors(configuration: Configuration, weights: PublishedWeights): PlacedTensors {
  const { kind, names } = kindOf(configuration);
  const layout = layoutOf(weights.tensors.map(({ name }) => name));
  const found = byNetName(weights, names, layout);
  const embedding = found.get(names.embedding);
  const published = (name: string) => quoted(publishedName(name, names, layout));
  if (embedding === undefined) throw badCheckpoint(weights.source, `tensor ${published(names.embedding)} is missing`);
  const [rows] = embedding.shape;
  if (rows === undefined || rows < 1) throw misshapen(embedding, ['any', configuration.width]);

  const head = found.get(names.head);
  const sameStorage = head !== undefined && head.file === embedding.file && head.offset === embedding.offset;
  if (sameStorage) found.delete(names.head);
  if (head === undefined && !configuration.tieWordEmbeddings) {
    throw badCheckpoint(
      weights.source,
      `tensor "${names.head}" is missing and config.json says tie_word_embeddings: false`,
    );
  }
  const tiedHead = head === undefined || sameStorage;

  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape } of weightsOf(configuration, rows, !tiedHead)) {
    const tensor = found.get(name);
    if (tensor === undefined) throw badCheckpoint(weights.source, `tensor ${published(name)} is missing`);
    tensors.set(name, stored(tensor, name, shape));
  }
  for (const [name, tensor] of found) {
    if (!tensors.has(name)) {
      throw badCheckpoint(
        tensor.file,
        `tensor ${quoted(tensor.name)} is no weight of a ${kind} with ${configuration.layers} layers`,
      );
    }
  }
  return { tensors, layout, vocabularyRows: rows, tiedHead };
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

function stored(tensor: PublishedTensor, name: string, shape: readonly number[]): StoredTensor {
  if (!isWeightDtype(tensor.dtype)) {
    throw badCheckpoint(tensor.file, `tensor ${quoted(tensor.name)} is ${tensor.dtype}; expected F32, F16 or BF16`);
  }
  if (tensor.shape.length !== shape.length || tensor.shape.some((side, i) => side !== shape[i]))
    throw misshapen(tensor, shape);
  const { file, offset, byteLength, dtype } = tensor;
  return { name, publishedName: tensor.name, file, offset, byteLength, dtype, shape };
}

function misshapen(tensor: PublishedTensor, expected: readonly (number | string)[]): Error {
  return badCheckpoint(
    tensor.file,
    `tensor ${quoted(tensor.name)} has shape ${shapeText(tensor.shape)}; config.json calls for [${expected.join(', ')}]`,
  );
}

function isWeightDtype(dtype: string): dtype is StoredDtype {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}
