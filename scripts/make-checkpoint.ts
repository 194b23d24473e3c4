/**
 * Writes a checkpoint of random weights, for benchmarks and demonstrations: the shape of a published model, none of its
 * knowledge. The values are a pure function of (seed, weight name, shape), whatever the layout, so the same seed gives a
 * GPT-2 and a DiffuGPT of equal weights. Needs a few megabytes of memory at any size.
 *
 *     node dist/scripts/make-checkpoint.js --shape gpt2-medium --layout diffugpt --seed 0 --out DIR
 *     node dist/scripts/make-checkpoint.js --same-weights-as DIR --layout diffugpt --mask-id 10541 --out OTHER
 *     … --sft '{"bosId": 1, "sepId": 4, "eosId": 2, "padId": 0}'      # the row that tasks for fine-tuned models ask in
 *
 * Initial values as in Radford et al. 2019: N(0, 0.02), matrices that write to the residual stream divided by
 * sqrt(2 · layers), norms one, biases zero.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Architecture, Layout } from '../src/architectures/architecture.ts';
import type { DecoderArchitecture } from '../src/architectures/decoder.ts';
import { netOfShape } from '../src/architectures/index.ts';
import { tensorBytes } from '../src/checkpoints/formats/tensor-values.ts';
import { openCheckpoint } from '../src/checkpoints/open.ts';
import { type CheckpointSource, writeCheckpoint } from '../src/checkpoints/write-checkpoint.ts';
import { HarnessError } from '../src/core/errors.ts';
import { type SftRowJson, sftRowSchema } from '../src/core/sft-row.ts';
import { isFile } from '../src/files/file-bytes.ts';
import { parseBySchema, parseJson } from '../src/files/json-file.ts';
import { choice, text, whole } from '../src/options/fields.ts';
import { flagOf, type OptionsOf, option } from '../src/options/option.ts';
import { optionsOf } from '../src/options/read-options.ts';

const SHAPE_NAMES = [
  'gpt2-tiny',
  'gpt2-micro',
  'gpt2-mini',
  'gpt2-small',
  'gpt2-medium',
  'llama-tiny',
  'llama-1b',
  'llama-7b',
] as const;
type Shape = (typeof SHAPE_NAMES)[number];

const LLAMA_TINY: DecoderArchitecture = {
  kind: 'llama',
  layers: 2,
  width: 64,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 16,
  innerWidth: 176,
  contextLength: 128,
  rmsNormEpsilon: 1e-5,
  ropeBase: 10_000,
  vocabularyRows: 512,
  tiedHead: false,
};

/** TinyLlama's. */
const LLAMA_1B: DecoderArchitecture = {
  ...LLAMA_TINY,
  ...{ layers: 22, width: 2048, heads: 32, keyValueHeads: 4, headWidth: 64, innerWidth: 5632 },
  ...{ contextLength: 2048, vocabularyRows: 32_000 },
};

/** LLaMA 2's, and DiffuLLaMA's. */
const LLAMA_7B: DecoderArchitecture = {
  ...LLAMA_TINY,
  ...{ layers: 32, width: 4096, heads: 32, keyValueHeads: 32, headWidth: 128, innerWidth: 11_008 },
  ...{ contextLength: 4096, vocabularyRows: 32_000 },
};

const SHAPES: Readonly<Record<Shape, Architecture>> = {
  'gpt2-tiny': netOfShape({ layers: 2, width: 64, heads: 4, context: 512 }, 512),
  'gpt2-micro': netOfShape({ layers: 2, width: 64, heads: 1, context: 1024 }, 2048),
  'gpt2-mini': netOfShape({ layers: 4, width: 256, heads: 4, context: 1024 }, 50257),
  'gpt2-small': netOfShape({ layers: 12, width: 768, heads: 12, context: 1024 }, 50257),
  'gpt2-medium': netOfShape({ layers: 24, width: 1024, heads: 16, context: 1024 }, 50257),
  'llama-tiny': LLAMA_TINY,
  'llama-1b': LLAMA_1B,
  'llama-7b': LLAMA_7B,
};

/** Network and key names of each layout; a wrapped network answers by diffusion. */
const LAYOUTS: Readonly<Record<string, { readonly kind: string; readonly layout: Layout }>> = {
  gpt2: { kind: 'gpt2', layout: 'plain' },
  diffugpt: { kind: 'gpt2', layout: 'wrapper' },
  llama: { kind: 'llama', layout: 'plain' },
  diffullama: { kind: 'llama', layout: 'wrapper' },
};
const LAYOUT_NAMES = ['gpt2', 'diffugpt', 'llama', 'diffullama'] as const;
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt'];

const OPTIONS = {
  shape: option(choice(SHAPE_NAMES), 'shape of the network', null),
  store: option(choice(['F32', 'BF16']), 'in what random values are stored', 'F32'),
  sameWeightsAs: option(text('a folder'), 'folder of a checkpoint to copy the values of', null),
  layout: option(choice(LAYOUT_NAMES), 'key names', null, 'the plain layout of the network'),
  seed: option(whole(0), 'seed of the values', 0),
  vocabRows: option(whole(1), 'rows of the embedding', null, 'as published'),
  maskId: option(whole(0), 'mask token of a diffusion layout', null, 'as published, else the last row'),
  sft: option(text('JSON'), 'row of fine-tuning for bench.json: bosId, sepId, eosId, padId', null),
  tokenizer: option(text('a folder'), 'folder to copy tokenizer files from', null),
  out: option(text('a folder'), 'folder to write'),
};
type Flags = OptionsOf<typeof OPTIONS>;

function flagsIn(argv: readonly string[]): Flags {
  const flags = Object.entries(OPTIONS).map(([key, each]) => [flagOf(key, each), { type: 'string' as const }]);
  return optionsOf(OPTIONS, parseArgs({ args: [...argv], options: Object.fromEntries(flags) }).values);
}

/**
 * Writes the checkpoint that the flags describe and opens it once, as a check.
 *
 * @returns a line that says what was written
 * @throws HarnessError 'bad-arguments' when the flags contradict each other
 */
export async function makeCheckpoint(argv: readonly string[]): Promise<string> {
  const typed = flagsIn(argv);
  const { architecture, ...values } =
    typed.sameWeightsAs === null ? random(typed) : await copy(typed.sameWeightsAs, typed);
  const layoutName = typed.layout ?? architecture.kind;
  const { kind, layout = 'plain' } = LAYOUTS[layoutName] ?? {};
  if (kind !== architecture.kind) {
    throw new HarnessError('bad-arguments', `--layout ${layoutName} is not a layout of a ${architecture.kind} network`);
  }
  const sft = typed.sft === null ? {} : { sft: parseSft(typed.sft) };
  const bench = layout === 'plain' ? ({ family: 'autoregressive' } as const) : diffusion(maskIdOf(typed, architecture));
  await writeCheckpoint(typed.out, {
    architecture,
    layout,
    bench: { ...bench, ...sft, madeBy: commandOf(typed) },
    ...values,
  });
  if (typed.tokenizer !== null) await copyTokenizer(typed.tokenizer, typed.out);
  const { parameters } = await openCheckpoint(typed.out);
  return `${resolve(typed.out)}: ${layoutName}, ${parameters} parameters`;
}

function random({ shape, seed, vocabRows, layout, store }: Flags): Omit<CheckpointSource, 'layout' | 'bench'> {
  if (shape === null) throw new HarnessError('bad-arguments', 'expected --shape or --same-weights-as');
  // DiffuGPT-M is published with one row more than its base, for the mask.
  const added = shape === 'gpt2-medium' && layout === 'diffugpt' ? 1 : 0;
  const rows = vocabRows ?? SHAPES[shape].vocabularyRows + added;
  const architecture = { ...SHAPES[shape], vocabularyRows: rows };
  return {
    architecture,
    dtype: () => store,
    values: (name, sides) => initialValues(seed, name, sides, architecture.layers),
  };
}

async function copy(folder: string, typed: Flags): Promise<Omit<CheckpointSource, 'layout' | 'bench'>> {
  if (typed.shape !== null || typed.vocabRows !== null) {
    throw new HarnessError('bad-arguments', '--same-weights-as leaves no choice of --shape or --vocab-rows');
  }
  const { architecture, tensors } = await openCheckpoint(folder, { family: 'autoregressive' });
  const place = (name: string) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new TypeError(`no tensor ${name}`);
    return tensor;
  };
  return { architecture, dtype: (name) => place(name).dtype, values: (name) => tensorBytes(place(name)) };
}

function maskIdOf({ maskId, shape }: Flags, { vocabularyRows }: Architecture): number {
  const published = shape === 'gpt2-small' ? 10541 : shape === 'gpt2-medium' ? 50257 : undefined;
  const id = maskId ?? (published !== undefined && published < vocabularyRows ? published : vocabularyRows - 1);
  if (id < vocabularyRows) return id;
  throw new HarnessError('bad-arguments', `--mask-id ${id} is no token; the vocabulary has ${vocabularyRows} rows`);
}

const diffusion = (maskId: number) => ({ family: 'diffusion', maskId, shift: true }) as const;

function parseSft(json: string): SftRowJson {
  return parseBySchema(sftRowSchema, parseJson(Buffer.from(json), '--sft', 'the text'), '--sft');
}

/** The command without the folders, which mean nothing elsewhere. */
function commandOf({ shape, layout, seed, vocabRows, maskId, sft, sameWeightsAs, store }: Flags): string {
  const given =
    sameWeightsAs === null
      ? { shape, seed, 'vocab-rows': vocabRows, store: store === 'F32' ? null : store }
      : { 'same-weights-as': '…' };
  const entries = Object.entries({ ...given, layout, 'mask-id': maskId, sft: sft && `'${sft}'` }).filter(
    ([, value]) => value !== null,
  );
  return ['make-checkpoint', ...entries.map(([name, value]) => `--${name} ${value}`)].join(' ');
}

async function copyTokenizer(from: string, to: string): Promise<void> {
  const found: string[] = [];
  for (const file of TOKENIZER_FILES) if (await isFile(join(from, file))) found.push(file);
  if (found.length === 0) throw new HarnessError('missing-tokenizer', `${from}: none of ${TOKENIZER_FILES.join(', ')}`);
  for (const file of found) await copyFile(join(from, file), join(to, file));
}

const CHUNK = 1 << 20;

function* initialValues(seed: number, name: string, shape: readonly number[], layers: number): Generator<Float32Array> {
  const size = shape.reduce((product, side) => product * side, 1);
  const chunk = new Float32Array(Math.min(CHUNK, size));
  const isNorm = /(^|[._])(ln_\w+|norm|input_layernorm|post_attention_layernorm)\.weight$/.test(name);
  const fill = isNorm || name.endsWith('.bias') ? null : normals(seed, name);
  const residual = /(c_proj|o_proj|down_proj)\.weight$/.test(name);
  const deviation = residual ? 0.02 / Math.sqrt(2 * layers) : 0.02;
  for (let done = 0; done < size; done += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, size - done));
    if (fill === null) part.fill(isNorm ? 1 : 0);
    else fill(part, deviation);
    yield part;
  }
}

/**
 * Normal numbers by the polar method from xoshiro128** (Blackman and Vigna 2018), its state taken from SHA-256 of seed and
 * name. A fast sequential generator: 355 million draws would take too long from the counter-based one of the harness.
 */
function normals(seed: number, name: string): (into: Float32Array, deviation: number) => void {
  const digest = createHash('sha256').update(`make-checkpoint ${seed} ${name}`).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let d = digest.readInt32LE(12) | 1; // never all zero
  const symmetric = () => {
    const scrambled = Math.imul(b, 5);
    const word = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return word / 2147483648; // in [-1, 1)
  };
  return (into, deviation) => {
    for (let i = 0; i < into.length; i += 2) {
      let u = 0;
      let v = 0;
      let square = 0;
      while (square === 0 || square >= 1) {
        u = symmetric();
        v = symmetric();
        square = u * u + v * v;
      }
      const scale = deviation * Math.sqrt((-2 * Math.log(square)) / square);
      into[i] = u * scale;
      if (i + 1 < into.length) into[i + 1] = v * scale;
    }
  };
}

async function main(): Promise<void> {
  try {
    process.stdout.write(`${await makeCheckpoint(process.argv.slice(2))}\n`);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    process.stderr.write(`make-checkpoint: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}\n`);
    process.exitCode = error.code === 'bad-arguments' ? 2 : 1;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
