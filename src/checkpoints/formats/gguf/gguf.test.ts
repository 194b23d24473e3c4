import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ggufFile } from '../../../../scripts/write-formats/gguf-file.ts';
import { HarnessError } from '../../../core/errors.ts';
import { openCheckpoint } from '../../open.ts';
import { gguf } from './gguf.ts';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-'));
  file = join(folder, 'model.gguf');
});
afterAll(() => rm(folder, { recursive: true }));

type Tensor = readonly [name: string, shape: readonly number[]];
type Values = Readonly<Record<string, number | string | boolean>>;

/** A file of float32 tensors whose values count on from 0 through all of them; whole numbers of the metadata are unsigned. */
function countingFile(metadata: Values, tensors: readonly Tensor[]): Buffer {
  let next = 0;
  const filled = tensors.map(([name, shape]) => {
    const values = Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => next++);
    return { name, shape, type: 0, content: Buffer.from(values.buffer) };
  });
  const typed = Object.entries(metadata).map(([key, value]) => [
    key,
    Number.isInteger(value) ? { uint32: value } : value,
  ]);
  return ggufFile(Object.fromEntries(typed), filled);
}

const METADATA = {
  'general.architecture': 'llama',
  'llama.block_count': 1,
  'llama.context_length': 8,
  'llama.embedding_length': 8,
  'llama.feed_forward_length': 8,
  'llama.attention.head_count': 2,
  'llama.attention.head_count_kv': 1,
  'llama.attention.layer_norm_rms_epsilon': 1e-5,
} as const;
const TENSORS: readonly Tensor[] = [
  ['token_embd.weight', [4, 8]],
  ['output_norm.weight', [8]],
  ['blk.0.attn_norm.weight', [8]],
  ['blk.0.ffn_norm.weight', [8]],
  ['blk.0.attn_q.weight', [8, 8]],
  ['blk.0.attn_k.weight', [4, 8]],
  ['blk.0.attn_v.weight', [4, 8]],
  ['blk.0.attn_output.weight', [8, 8]],
  ['blk.0.ffn_gate.weight', [8, 8]],
  ['blk.0.ffn_up.weight', [8, 8]],
  ['blk.0.ffn_down.weight', [8, 8]],
];

async function open(metadata: Values, tensors = TENSORS) {
  await writeFile(file, countingFile(metadata, tensors));
  return openCheckpoint(file);
}

describe('a GGUF file', () => {
  it('is a network with the sizes of its metadata; epsilon is the decimal that was meant', async () => {
    const { architecture, saysTied } = await open(METADATA);
    expect(architecture).toMatchObject({
      kind: 'llama',
      heads: 2,
      keyValueHeads: 1,
      headWidth: 4,
      rmsNormEpsilon: 1e-5,
    });
    expect([architecture.tiedHead, saysTied]).toEqual([true, true]);
  });

  it('has rows of queries and keys in halves of a head, each of its own number of heads', async () => {
    const { tensors } = await open(METADATA);
    const firstOfRows = async (name: string) => {
      const tensor = tensors.get(name);
      const values = tensor !== undefined && 'values' in tensor ? await tensor.values() : new Float32Array();
      const start = Math.min(...values);
      return Array.from({ length: values.length / 8 }, (_, row) => ((values[row * 8] as number) - start) / 8);
    };
    expect(await firstOfRows('layers.0.self_attn.q_proj.weight')).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
    expect(await firstOfRows('layers.0.self_attn.k_proj.weight')).toEqual([0, 2, 1, 3]);
  });

  it('says what it knows of diffusion; llama.cpp shifts where nothing is said', async () => {
    const mask = { 'tokenizer.ggml.mask_token_id': 3 };
    const causal = { 'llama.attention.causal': false };
    const { options, notes } = await open({ ...METADATA, ...mask, ...causal });
    expect([options, notes]).toEqual([{ family: 'diffusion', maskId: 3, shift: true }, []]);
    const unshifted = await open({ ...METADATA, ...mask, 'diffusion.shift_logits': false });
    expect(unshifted.options).toEqual({ family: 'diffusion', maskId: 3, shift: false });
  });

  it.each([
    [{ 'llama.rope.scaling.type': 'yarn' }, 'rope.scaling.type "yarn"; expected none or linear'],
    [{ 'llama.rope.dimension_count': 2 }, '2 of 4 values of a head rotate; expected all'],
    [{ 'llama.expert_count': 8 }, 'a mixture of 8 experts'],
    [{ 'llama.attention.head_count': 3 }, '8 rows are no 3 heads of pairs'],
    [{ 'llama.block_count': 'two' }, 'key llama.block_count: expected a number, found string'],
    [{ 'general.alignment': 0 }, 'general.alignment must be a positive integer, got 0'],
    [{ 'general.alignment': 2 ** 31 }, 'general.alignment is 2147483648'],
    [{ 'llama.block_count': 2 }, 'tensor "model.layers.1.input_layernorm.weight" is missing'],
    [{ 'general.architecture': 'bert' }, 'expected one of llama, qwen2, qwen3, dream, llada, gpt2, found "bert"'],
  ])('with %j is refused', async (changes, message) => {
    await expect(open({ ...METADATA, ...changes })).rejects.toThrow(message);
  });

  it('that holds a tensor of no use is refused by its name', async () => {
    await expect(open(METADATA, [...TENSORS, ['blk.0.attn_q.bias', [8]]])).rejects.toThrow(
      'tensor "blk.0.attn_q.bias" is no weight of a llama',
    );
  });

  it('must not contradict a config.json beside it', async () => {
    await writeFile(join(folder, 'config.json'), JSON.stringify({ num_attention_heads: 4, rope_theta: 10_000 }));
    await expect(open(METADATA)).rejects.toMatchObject({
      message: expect.stringMatching(/config\.json: num_attention_heads 4, and .*model\.gguf says 2/),
      hint: expect.stringContaining('needs no config.json'),
    });
    await rm(join(folder, 'config.json'));
  });

  it('with any bytes of the header changed is read or refused, and never anything else', async () => {
    const good = countingFile(METADATA, TENSORS);
    const header = good.indexOf('blk.0.ffn_down.weight') + 60;
    const mutations = fc.array(fc.tuple(fc.nat(header), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(mutations, fc.nat(good.byteLength * 3), async (changes, cut) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        await writeFile(file, bytes.subarray(0, Math.max(0, good.byteLength - Math.max(0, cut - good.byteLength))));
        const outcome = await gguf.readFile(file).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(HarnessError);
      }),
      { numRuns: 400 },
    );
  });
});
