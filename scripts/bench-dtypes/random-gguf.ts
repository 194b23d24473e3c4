/** GGUF files of random values, of a checkpoint's shape: for measuring how fast llama.cpp computes, which values do not change. */
import { existsSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import type { DecoderArchitecture } from '../../src/architectures/decoder.ts';
import type { GgufForm } from '../../src/architectures/gguf/gguf-form.ts';
import { ggufForm } from '../../src/architectures/gguf/index.ts';
import type { Gpt2Architecture } from '../../src/architectures/gpt2.ts';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { narrow } from '../../src/core/numbers/float-formats.ts';
import { stream } from '../../src/core/numbers/random.ts';
import { type GgufInfo, type GgufValue, ggufHead } from '../write-formats/gguf-file.ts';

export type RandomForm = 'Q8_0' | 'F16';

/** Number of the type in the file; values of a block, and its bytes. */
const FORMS: Readonly<
  Record<RandomForm | 'F32', { readonly type: number; readonly block: number; readonly bytes: number }>
> = {
  F32: { type: 0, block: 1, bytes: 4 },
  F16: { type: 1, block: 1, bytes: 2 },
  Q8_0: { type: 8, block: 32, bytes: 34 },
};
/** Blocks of a chunk, which is written as often as a tensor takes. */
const CHUNK_BLOCKS = 1 << 15;
const ALIGNMENT = 32;

/** Writes the file unless it is there. @returns its path */
export async function randomGguf(path: string, checkpoint: Checkpoint, form: RandomForm): Promise<string> {
  if (existsSync(path)) return path;
  const infos = infosOf(checkpoint, form);
  const draft = `${path}.draft`;
  const file = await open(draft, 'w');
  await file.write(ggufHead(metadataOf(checkpoint), infos));
  for (const info of infos) await writeValues(file, info);
  await file.close();
  await rename(draft, path);
  return path;
}

/** Vectors and the table of positions are float32, as llama.cpp's converter leaves them. */
function infosOf({ architecture, tensors }: Checkpoint, form: RandomForm): readonly GgufInfo[] {
  const { tensors: names, orders } = ggufForm(architecture.kind) as GgufForm;
  const shapes = new Map([...tensors.values()].map(({ publishedName, shape }) => [publishedName, shape]));
  const infoOf = (name: string, here: string, layer: number): GgufInfo[] => {
    const published = here.replace('{}', `${layer}`);
    const shape = shapes.get(published) ?? shapes.get(published.replace('transformer.', ''));
    if (shape === undefined) return [];
    const { type, block, bytes } = FORMS[shape.length < 2 || name.startsWith('position') ? 'F32' : form];
    const length = (shape.reduce((a, b) => a * b, 1) / block) * bytes;
    const rows = orders[name] === 'transposed' ? [...shape].reverse() : shape;
    return [{ name: name.replace('{}', `${layer}`), shape: rows, type, length }];
  };
  return Object.entries(names).flatMap(([name, here]) =>
    name.includes('{}')
      ? Array.from({ length: architecture.layers }, (_, layer) => infoOf(name, here, layer)).flat()
      : infoOf(name, here, 0),
  );
}

async function writeValues(file: FileHandle, { type, length }: GgufInfo): Promise<void> {
  const chunk = CHUNKS[type] as Buffer;
  const padded = Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  for (let done = 0; done < padded; done += chunk.length)
    await file.write(chunk, 0, Math.min(chunk.length, padded - done));
}

const drawn = stream(0, 'random gguf');
const halves = narrow(
  Float32Array.from({ length: CHUNK_BLOCKS }, (_, i) => 0.07 * (drawn.uniform(i) - 0.5)),
  'F16',
);

/** A scale of half precision, then 32 integers. */
function q8Blocks(): Buffer {
  const { bytes } = FORMS.Q8_0;
  const blocks = Buffer.alloc(CHUNK_BLOCKS * bytes);
  for (let i = 0; i < blocks.length; i++) blocks[i] = Math.floor(256 * drawn.uniform(i));
  const scale = narrow(Float32Array.of(0.035 / 127), 'F16');
  for (let at = 0; at < blocks.length; at += bytes) blocks.set(scale, at);
  return blocks;
}

const CHUNKS: Readonly<Record<number, Buffer>> = {
  0: Buffer.from(new Float32Array(CHUNK_BLOCKS).fill(1).buffer),
  1: Buffer.from(halves),
  8: q8Blocks(),
};

function metadataOf({ architecture }: Checkpoint): Readonly<Record<string, GgufValue>> {
  const { kind, layers, width, innerWidth, contextLength, vocabularyRows } = architecture;
  const sizes = {
    block_count: { uint32: layers },
    context_length: { uint32: contextLength },
    embedding_length: { uint32: width },
    feed_forward_length: { uint32: innerWidth },
    vocab_size: { uint32: vocabularyRows },
    ...(kind === 'gpt2'
      ? gpt2Facts(architecture as Gpt2Architecture)
      : llamaFacts(architecture as DecoderArchitecture)),
  };
  return {
    'general.architecture': kind,
    ...madeUpVocabulary(vocabularyRows),
    ...Object.fromEntries(Object.entries(sizes).map(([key, value]) => [`${kind}.${key}`, value])),
  };
}

const SPECIALS = ['<unk>', '<s>', '</s>'];
const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);

/** llama.cpp opens no file without a tokenizer. */
function madeUpVocabulary(rows: number): Readonly<Record<string, GgufValue>> {
  const known = [...SPECIALS, ...BYTES];
  const tokens = Array.from({ length: rows }, (_, id) => known[id] ?? `w${id}`);
  const [NORMAL, UNKNOWN, CONTROL, BYTE] = [1, 2, 3, 6];
  const kindOf = (id: number): number =>
    id === 0 ? UNKNOWN : id < SPECIALS.length ? CONTROL : id < known.length ? BYTE : NORMAL;
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': tokens.map((_, id) => -id),
    'tokenizer.ggml.token_type': { int32: tokens.map((_, id) => kindOf(id)) },
    'tokenizer.ggml.bos_token_id': { uint32: 1 },
    'tokenizer.ggml.eos_token_id': { uint32: 2 },
    'tokenizer.ggml.unknown_token_id': { uint32: 0 },
  };
}

const gpt2Facts = (net: Gpt2Architecture) => ({
  'attention.head_count': { uint32: net.heads },
  'attention.layer_norm_epsilon': net.layerNormEpsilon,
});

const llamaFacts = (net: DecoderArchitecture) => ({
  'attention.head_count': { uint32: net.heads },
  'attention.head_count_kv': { uint32: net.keyValueHeads },
  'attention.layer_norm_rms_epsilon': net.rmsNormEpsilon,
  'rope.dimension_count': { uint32: net.headWidth },
  'rope.freq_base': net.ropeBase,
});
