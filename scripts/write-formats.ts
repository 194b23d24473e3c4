/**
 * Writes a small LLaMA checkpoint again in other formats, to see that they score alike:
 *
 *     node dist/scripts/write-formats.js ../shared/models/stories260K-hf OUT
 *     npx bench run --tasks piqa --limit 50 --data-dir ../shared/data \
 *       --models safetensors=OUT/safetensors,bin=OUT/bin,q8_0=OUT/q8_0.gguf,q4_0=OUT/q4_0.gguf,lora=OUT/safetensors:adapter=OUT/lora
 *
 * `safetensors`, `bin`: the same values. `q8_0.gguf`, `q4_0.gguf`: quantised in blocks of 32, with the tokenizer in the metadata.
 * `lora`: a drawn low-rank update of every query and value matrix. Reads the whole model into memory.
 */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DecoderArchitecture } from '../src/architectures/decoder.ts';
import { readTensor } from '../src/checkpoints/formats/tensor-values.ts';
import { writeSafetensors } from '../src/checkpoints/formats/write-safetensors.ts';
import { openCheckpoint } from '../src/checkpoints/open.ts';
import { stream } from '../src/core/numbers/random.ts';
import { makeFolder, replaceFile } from '../src/files/draft.ts';
import { readJsonFile } from '../src/files/json-file.ts';
import { type GgufTensor, type GgufValue, ggufFile } from './write-formats/gguf-file.ts';
import { type Form, quantised } from './write-formats/quantise.ts';
import { type NamedValues, torchFile } from './write-formats/torch-file.ts';

const COPIED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const RANK = 4;

const GGUF_NAMES: Readonly<Record<string, string>> = {
  'model.embed_tokens': 'token_embd',
  'model.norm': 'output_norm',
  lm_head: 'output',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
};

const [model = '', out = ''] = process.argv.slice(2);
const { architecture, tensors } = await openCheckpoint(model);
if (architecture.kind !== 'llama') throw new Error(`expected a LLaMA checkpoint, found ${architecture.kind}`);
const net = architecture as DecoderArchitecture;
const weights: NamedValues[] = [];
for (const tensor of tensors.values()) {
  weights.push({ name: tensor.publishedName, shape: tensor.shape, values: await readTensor(tensor) });
}

for (const folder of ['safetensors', 'bin']) {
  await makeFolder(join(out, folder));
  for (const file of COPIED) await copyFile(join(model, file), join(out, folder, file));
}
await writeTensors(join(out, 'safetensors', 'model.safetensors'), weights);
await replaceFile(join(out, 'bin', 'pytorch_model.bin'), torchFile(weights));
for (const form of ['Q8_0', 'Q4_0'] as const) {
  await replaceFile(
    join(out, `${form.toLowerCase()}.gguf`),
    ggufFile(
      await metadata(),
      weights.map((each) => ggufTensor(each, form)),
    ),
  );
}
await writeAdapter(join(out, 'lora'));

async function writeTensors(file: string, named: readonly NamedValues[]): Promise<void> {
  const sources = named.map(({ name, shape, values }) => ({
    name,
    shape,
    dtype: 'F32' as const,
    values: () => [values],
  }));
  await writeSafetensors(file, sources, { format: 'pt' });
}

async function writeAdapter(folder: string): Promise<void> {
  const updated = weights.filter(({ name }) => /(q|v)_proj/.test(name));
  const drawn = (name: string, shape: readonly number[]): NamedValues => {
    const random = stream(0, 'adapter', name);
    const length = shape.reduce((product, side) => product * side, 1);
    return { name, shape, values: Float32Array.from({ length }, (_, i) => 0.2 * random.uniform(i) - 0.1) };
  };
  const factors = updated.flatMap(({ name, shape: [outputs = 0, inputs = 0] }) => {
    const module = `base_model.model.${name.replace(/\.weight$/, '')}`;
    return [drawn(`${module}.lora_A.weight`, [RANK, inputs]), drawn(`${module}.lora_B.weight`, [outputs, RANK])];
  });
  await makeFolder(folder);
  await writeTensors(join(folder, 'adapter_model.safetensors'), factors);
  const config = { peft_type: 'LORA', r: RANK, lora_alpha: 8, target_modules: ['q_proj', 'v_proj'] };
  await replaceFile(join(folder, 'adapter_config.json'), `${JSON.stringify(config)}\n`);
}

/** Names and rows as llama.cpp's converter has them. */
function ggufTensor({ name, shape, values }: NamedValues, form: Form): GgufTensor {
  const heads = /q_proj/.test(name) ? net.heads : /k_proj/.test(name) ? net.keyValueHeads : null;
  const rows = heads === null ? values : neighbours(values, shape, heads);
  return { name: ggufName(name), shape, ...quantised(rows, shape, form) };
}

/** Rows of a head in the order of pairs that turn together. */
function neighbours(values: Float32Array, [rows = 0, width = 0]: readonly number[], heads: number): Float32Array {
  const half = rows / heads / 2;
  const moved = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const [head, within] = [Math.floor(row / (2 * half)), row % (2 * half)];
    const from = head * 2 * half + (within % 2) * half + Math.floor(within / 2);
    moved.set(values.subarray(from * width, (from + 1) * width), row * width);
  }
  return moved;
}

function ggufName(name: string): string {
  const [, layer, module = ''] = /^(?:model\.layers\.(\d+)\.)?(.+)\.weight$/.exec(name) ?? [];
  return `${layer === undefined ? '' : `blk.${layer}.`}${GGUF_NAMES[module] ?? module}.weight`;
}

async function metadata(): Promise<Readonly<Record<string, GgufValue>>> {
  return {
    'general.architecture': 'llama',
    'llama.block_count': { uint32: net.layers },
    'llama.context_length': { uint32: net.contextLength },
    'llama.embedding_length': { uint32: net.width },
    'llama.feed_forward_length': { uint32: net.innerWidth },
    'llama.attention.head_count': { uint32: net.heads },
    'llama.attention.head_count_kv': { uint32: net.keyValueHeads },
    'llama.attention.layer_norm_rms_epsilon': net.rmsNormEpsilon,
    'llama.rope.dimension_count': { uint32: net.headWidth },
    'llama.rope.freq_base': net.ropeBase,
    ...(await tokenizerMetadata()),
  };
}

/** A SentencePiece-like vocabulary whose pieces are in the order of their merges, as scores. */
async function tokenizerMetadata(): Promise<Readonly<Record<string, GgufValue>>> {
  const schema = z.object({ model: z.object({ vocab: z.record(z.string(), z.number()) }) });
  const { vocab } = schema.parse(await readJsonFile(join(model, 'tokenizer.json'))).model;
  const tokens = Object.entries(vocab)
    .sort(([, a], [, b]) => a - b)
    .map(([token]) => token);
  const kindOf = (token: string): number => {
    if (token === '<unk>') return 2;
    return /^<\/?s>$/.test(token) ? 3 : /^<0x..>$/.test(token) ? 6 : 1;
  };
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': tokens.map((_, id) => -id),
    'tokenizer.ggml.token_type': { int32: tokens.map(kindOf) },
    'tokenizer.ggml.bos_token_id': { uint32: 1 },
    'tokenizer.ggml.eos_token_id': { uint32: 2 },
    'tokenizer.ggml.unknown_token_id': { uint32: 0 },
    'tokenizer.ggml.add_bos_token': true,
  };
}
