/**
 * Checkpoints of further architectures, put into GGUF as llama.cpp's conversion does (names, permuted rows, metadata): they are read
 * back as the same network, weight for weight.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GgufTensor, type GgufValue, ggufFile } from '../../../scripts/write-formats/gguf-file.ts';
import type { DecoderArchitecture } from '../../../src/architectures/decoder.ts';
import { ggufForm } from '../../../src/architectures/gguf/index.ts';
import { kindOf, publishedName } from '../../../src/architectures/index.ts';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint.ts';
import { readTensor } from '../../../src/checkpoints/formats/tensor-values.ts';
import { openCheckpoint } from '../../../src/checkpoints/open.ts';
import { SKIPPED, shared } from './golden-formats.ts';

/** Of the conversion: causal attention and shift as it writes them for the class. */
const FAMILIES = [
  ['qwen2-tiny-ar', 'qwen2', {}, {}],
  ['qwen3-tiny-ar', 'qwen3', {}, {}],
  ['dream-tiny', 'dream', { 'dream.attention.causal': false }, { shift: true }],
  ['llada-tiny', 'llada', { 'llada.attention.causal': false, 'diffusion.shift_logits': false }, { shift: false }],
] as const;

describe.skipIf(shared === null)(`families in GGUF (${SKIPPED})`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'families-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(FAMILIES)('%s', async (name, architecture, keys, answering) => {
    const checkpoint = await openCheckpoint(join(shared ?? '', 'golden2', name));
    const { maskId } = checkpoint.options;
    const file = join(folder, `${name}.gguf`);
    const mask = maskId === null ? {} : { 'tokenizer.ggml.mask_token_id': { uint32: maskId } };
    const metadata = { ...metadataOf(architecture, checkpoint.architecture as DecoderArchitecture), ...keys, ...mask };
    await writeFile(file, ggufFile(metadata, await tensorsOf(architecture, checkpoint)));
    const read = await openCheckpoint(file);
    expect(read.architecture).toEqual(checkpoint.architecture);
    expect(read.options).toEqual(checkpoint.options);
    expect(read.options).toMatchObject(answering);
    expect(await read.digest()).toBe(await checkpoint.digest());
  });
});

function metadataOf(architecture: string, net: DecoderArchitecture): Record<string, GgufValue> {
  const sizes = {
    block_count: net.layers,
    context_length: net.contextLength,
    embedding_length: net.width,
    feed_forward_length: net.innerWidth,
    'attention.head_count': net.heads,
    'attention.head_count_kv': net.keyValueHeads,
    'attention.key_length': net.headWidth,
    'attention.value_length': net.headWidth,
  };
  const whole = Object.entries(sizes).map(([key, value]) => [`${architecture}.${key}`, { uint32: value }] as const);
  return {
    'general.architecture': architecture,
    ...Object.fromEntries(whole),
    [`${architecture}.attention.layer_norm_rms_epsilon`]: net.rmsNormEpsilon,
    [`${architecture}.rope.freq_base`]: net.ropeBase,
  };
}

async function tensorsOf(architecture: string, { architecture: net, tensors }: Checkpoint): Promise<GgufTensor[]> {
  const form = ggufForm(architecture);
  const { names } = kindOf(net);
  const { heads, keyValueHeads } = net as DecoderArchitecture;
  const called = new Map(Object.entries(form?.tensors ?? {}).map(([own, hub]) => [hub, own]));
  return Promise.all(
    [...tensors.values()].map(async (tensor) => {
      const hub = publishedName(tensor.name, names, 'plain');
      const layer = /\.(\d+)\./.exec(hub)?.[1] ?? '';
      const own = called.get(hub.replace(`.${layer}.`, '.{}.'))?.replace('{}', layer) ?? '';
      const values = await readTensor(tensor);
      const isQuery = own.endsWith('attn_q.weight');
      const isPermuted = architecture === 'llada' && (isQuery || own.endsWith('attn_k.weight'));
      const stored = isPermuted ? permuted(values, isQuery ? heads : keyValueHeads, tensor.shape) : values;
      return { name: own, shape: tensor.shape, type: 0, content: Buffer.from(stored.buffer) };
    }),
  );
}

/** `reshape(heads, 2, rows / heads / 2, columns).swapaxes(1, 2)`, as the conversion has it. */
function permuted(values: Float32Array, heads: number, [rows = 0, columns = 0]: readonly number[]): Float32Array {
  const half = rows / heads / 2;
  const into = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const [head, within] = [Math.floor(row / (2 * half)), row % (2 * half)];
    const to = head * 2 * half + (within % half) * 2 + Math.floor(within / half);
    into.set(values.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return into;
}
