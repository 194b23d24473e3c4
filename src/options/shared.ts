/** Options that several verbs take, each meaning the same everywhere. */

import { z } from 'zod';
import type { Family } from '../core/question.ts';
import { parseShare, type Share } from '../core/share.ts';
import { AUTO_ORDER, DEVICE_CHOICES, engineNames, WEIGHT_DTYPES } from '../engines/engine.ts';
import { choice, onOrOff, switched, text, whole } from './fields.ts';
import { grouped, type OptionsOf, option, type Preset } from './option.ts';

/** An option that is on where it is given. */
export const switchOption = (about: string): Preset<boolean> => option(switched, about, false);

/** More threads than this only wait for each other. */
export const MOST_THREADS = 256;

export const family: z.ZodType<Family> = z
  .enum(['ar', 'autoregressive', 'diffusion'])
  .transform((word) => (word === 'diffusion' ? word : 'autoregressive'))
  .describe('ar or diffusion');

/** What overrides a checkpoint's own word about itself. null = as the catalog, `bench.json` or config.json says. */
export const MODEL_OPTIONS = grouped('What the checkpoint does not say:', {
  family: option(family, 'ar or diffusion', null, 'as the model says'),
  maskId: option(
    whole(0).describe('a token id, a whole number of at least 0'),
    'token id of [MASK]',
    null,
    'as the model says',
  ),
  shift: option(onOrOff, 'on: position i is read from row i-1; off: from row i', null, 'as the model says'),
  blockLength: option(
    whole(1),
    'tokens of a block, where a diffusion model denoises one block after the other',
    null,
    'as the model says',
  ),
  tokenizer: option(text('a folder'), 'folder with tokenizer files', null, "the checkpoint's own"),
  adapter: option(text('a folder'), 'folder of a LoRA adapter (PEFT) to merge into the weights', null, 'none'),
});
export type ModelOverrides = OptionsOf<typeof MODEL_OPTIONS>;

export const COMPUTE = 'Computation (never changes a result beyond rounding):';

/** What computes, of every verb that runs a net. */
export const ENGINE_OPTIONS = {
  /** Also one of a plugin. */
  engine: option(
    text('onnx, tfjs or reference').refine((name) => engineNames().includes(name)),
    'onnx, tfjs or reference (slow, float64)',
    'onnx',
  ),
  threads: option(
    whole(1, MOST_THREADS),
    'threads of the onnx engine',
    null,
    'one for each core; for a small network, four at most',
  ),
};

/** Where a net that is asked computes. */
export const DEVICE_OPTIONS = grouped(COMPUTE, {
  ...ENGINE_OPTIONS,
  device: option(
    choice(DEVICE_CHOICES),
    `cpu, webgpu, cuda, coreml (macOS), dml (Windows) or auto, the first that is here of ${AUTO_ORDER.join(', ')}; runs of each are runs of its own`,
    'cpu',
  ),
});

/** Part of what a run is: other weights give other numbers. */
export const WEIGHT_OPTIONS = grouped('In what weights are held (each gives numbers, and runs, of its own):', {
  dtype: option(
    choice(WEIGHT_DTYPES),
    'float32, bfloat16, int8, int8x2 (two slices: nearly float32), int4; float16 where the device computes it; file: the blocks of a quantised file',
    'float32',
  ),
});

/** Of a net that is asked. */
export const NET_OPTIONS = { ...MODEL_OPTIONS, ...WEIGHT_OPTIONS };

/** A file that is written. @param standard what is done where none is named, in words */
export const outFile = (about: string, standard?: string): Preset<string | null> => ({
  ...option(text('a file'), about, null, standard),
  writes: true,
});

export const dataDir = option(
  text('a folder'),
  'folder with the data sets',
  null,
  'BENCH_DATA_DIR, else the cache folder',
);
const pattern = text('a regular expression').transform((source, context): RegExp | 'none' => {
  try {
    return source === 'none' ? source : new RegExp(source);
  } catch {
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  }
});

/** Overrides what tasks say. */
export const clusters = option(
  pattern.describe('none or a regular expression for item ids'),
  'which items belong together: none, or a regular expression; items whose ids agree in what it finds do, such as "HumanEval/\\d+"',
  null,
  'as their task says',
);
export const json = switchOption('one JSON document on standard output');
export const unsafeNoSandbox = switchOption('run model-written programs with all your rights where no sandbox works');

/** `--shard 3/16` */
const EXPECTED = 'a share such as 3/16, the third of sixteen';
const typed = text(EXPECTED).transform((given, context): Share => {
  const share = parseShare(given);
  if (share !== null) return share;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});
/** As code passes it. */
const passed = z.strictObject({ number: z.int().positive(), of: z.int().positive() });

export const shard = option(
  z.union([passed, typed]).describe(EXPECTED),
  'compute this share only, into a folder of its own below --out; bench merge joins the shares',
  null,
  'everything',
);
