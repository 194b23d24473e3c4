/**
 * Weights in GGUF: one file with everything, metadata for `config.json` and tokenizer included. Tensors come out under the names
 * and in the order of the published classes.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GgufForm, GgufOrder } from '../../../architectures/gguf/gguf-form.ts';
import { ggufArchitectures, ggufForm } from '../../../architectures/gguf/index.ts';
import { badCheckpoint, HarnessError, notSupported, quoted } from '../../../core/errors.ts';
import { publishedValues, transposed } from '../decode-tensor.ts';
import type { FileFormat, FolderFormat, PublishedTensor, PublishedWeights, View } from '../format.ts';
import { factsOf, hubTokens, sayingOf } from './facts.ts';
import { type GgufHeader, readGgufHeader } from './read-header.ts';

const SUFFIX = '.gguf';
const ROPE_FACTORS = 'rope_freqs.weight';

export const gguf: FolderFormat & FileFormat = {
  name: 'gguf',
  suffix: SUFFIX,
  /** A folder with several files of this kind holds as many models. */
  async read(folder) {
    const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(SUFFIX)).sort();
    const [only] = files;
    if (only === undefined) return null;
    if (files.length === 1) return readFile(join(folder, only));
    const message = `${folder}: ${files.length} GGUF files, ${files.join(', ')}; expected one`;
    throw new HarnessError('bad-checkpoint', message, { hint: `name one of them: ${join(folder, only)}` });
  },
  readFile,
};

async function readFile(file: string): Promise<PublishedWeights> {
  const header = await readGgufHeader(file);
  const form = formOf(file, header);
  const factors = header.tensors.find(({ name }) => name === ROPE_FACTORS);
  const ropeFactors = factors === undefined ? null : [...(await publishedValues(factors))];
  const facts = factsOf(file, form.architecture, header.metadata, ropeFactors);
  const config = { ...form.config(facts), ...hubTokens(header.metadata) };
  const named = header.tensors.filter(({ name }) => name !== ROPE_FACTORS);
  const heads = {
    query: facts.number('attention.head_count'),
    key: facts.optional('attention.head_count_kv') ?? facts.number('attention.head_count'),
  };
  return {
    source: file,
    tensors: named.map((tensor) => asPublished(tensor, form, heads)),
    aliases: new Map(),
    config: { ...config, [form.tiedKey ?? 'tie_word_embeddings']: !named.some(({ name }) => name === 'output.weight') },
    answering: sayingOf(form.architecture, header.metadata),
    tokenizer: header.metadata,
  };
}

function formOf(file: string, { metadata }: GgufHeader): GgufForm {
  const architecture = metadata['general.architecture'];
  const form = typeof architecture === 'string' ? ggufForm(architecture) : null;
  if (form !== null) return form;
  const found = architecture === undefined ? 'none' : quoted(String(architecture));
  const expected = `expected one of ${ggufArchitectures().join(', ')}`;
  throw notSupported(`${file}: general.architecture: ${expected}, found ${found}`);
}

interface HeadCounts {
  readonly query: number;
  readonly key: number;
}

const LAYER = /^blk\.(\d+)\./;

/** The tensor under the name of the published class, in its order. @throws HarnessError 'bad-checkpoint' for a name it has not */
function asPublished(
  tensor: PublishedTensor,
  { architecture, tensors, orders }: GgufForm,
  heads: HeadCounts,
): PublishedTensor {
  const layer = LAYER.exec(tensor.name)?.[1] ?? '';
  const asListed = tensor.name.replace(LAYER, 'blk.{}.');
  const name = Object.hasOwn(tensors, asListed) ? tensors[asListed]?.replace('{}', layer) : undefined;
  if (name === undefined)
    throw badCheckpoint(tensor.file, `tensor ${quoted(tensor.name)} is no weight of a ${architecture}`);
  const order = orders[asListed];
  return order === undefined ? { ...tensor, name } : { ...reordered(tensor, order, heads), name };
}

/** @throws HarnessError 'bad-checkpoint' where it is no matrix, or its rows do not make heads */
function reordered(tensor: PublishedTensor, order: GgufOrder, { query, key }: HeadCounts): PublishedTensor {
  const [rows, columns, ...rest] = tensor.shape;
  if (rows === undefined || columns === undefined || rest.length > 0) {
    throw badCheckpoint(tensor.file, `tensor ${quoted(tensor.name)} is no matrix`);
  }
  if (order === 'transposed') return { ...tensor, shape: [columns, rows], view: transposed(rows, columns) };
  const heads = order === 'pairs-of-query-heads' ? query : key;
  if (rows % (2 * heads) !== 0) {
    throw badCheckpoint(tensor.file, `tensor ${quoted(tensor.name)}: ${rows} rows are no ${heads} heads of pairs`);
  }
  return { ...tensor, view: halves(heads, rows / heads, columns) };
}

/** Of heads whose rows lie in pairs, all first rows of the pairs before all second ones. */
function halves(heads: number, headRows: number, columns: number): View {
  const shape = [heads, 2, headRows / 2, columns];
  return { start: 0, shape, strides: [headRows * columns, columns, 2 * columns, 1] };
}
