/** How a checkpoint answers: flags, `bench.json` in its folder, the catalog, its weight file, its `config.json`, what its layout tells; the first that speaks. */
import { join } from 'node:path';
import { z } from 'zod';
import type { ClassAnswering, Layout, OwnDiffusion } from '../architectures/architecture.ts';
import { badArguments, badCheckpoint, HarnessError, quoted } from '../core/errors.ts';
import { sftRowSchema } from '../core/sft-row.ts';
import { nearest } from '../core/text/nearest.ts';
import { isFile } from '../files/file-bytes.ts';
import { parseBySchema, readJsonFile } from '../files/json-file.ts';
import type { ModelOptions } from './checkpoint.ts';

/** What one source says; undefined or null where it says nothing. */
export type AnsweringChoices = { readonly [Key in keyof ModelOptions]?: ModelOptions[Key] | null | undefined };

/** Choices and where they come from, strongest source first in a list. */
export interface AnsweringSource {
  readonly from: 'flag' | 'bench.json' | 'catalog' | 'weight file' | 'config.json';
  readonly choices: AnsweringChoices;
}

const benchJsonSchema = z.strictObject({
  family: z.enum(['autoregressive', 'diffusion']).optional(),
  maskId: z.int().nonnegative().nullable().optional(),
  shift: z.boolean().optional(),
  blockLength: z.int().positive().optional(),
  /** Row layout that the checkpoint was fine-tuned with. */
  sft: sftRowSchema.optional(),
  /** For readers: what the checkpoint is, and the command that made it. */
  description: z.string().optional(),
  madeBy: z.string().optional(),
});
/** The contents of `bench.json`, as written. */
export type BenchJson = z.input<typeof benchJsonSchema>;

/**
 * `bench.json` of a checkpoint folder; empty where there is none.
 *
 * @throws HarnessError 'bad-checkpoint' on an unknown key (with the nearest known one) or a malformed value
 */
export async function readBenchJson(folder: string): Promise<z.output<typeof benchJsonSchema>> {
  const file = join(folder, 'bench.json');
  if (!(await isFile(file))) return {};
  const value = await readJsonFile(file);
  const known = Object.keys(benchJsonSchema.shape);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const unknown = Object.keys(value).find((key) => !known.includes(key));
    if (unknown !== undefined) {
      const near = nearest(unknown, known);
      const hint = `${near === null ? '' : `did you mean "${near}"? `}known keys: ${known.join(', ')}`;
      throw badCheckpoint(file, `unknown key ${quoted(unknown)}`, { hint });
    }
  }
  return parseBySchema(benchJsonSchema, value, file);
}

/** What the files of a network tell of how it can answer. */
export interface Network {
  readonly layout: Layout;
  readonly vocabularyRows: number;
  /** Whether it can be read left to right; one that cannot denoises, and predicts tokens in place. */
  readonly causal: boolean;
  /** What its class and `config.json` fix. */
  readonly answering?: ClassAnswering;
  /** The diffusion that it was made for: it fixes the mask, or that there is none; null: adapted. */
  readonly own?: Pick<OwnDiffusion, 'maskId' | 'blockLength'> | null;
}

/**
 * Settles how a model answers. The family comes from the first source that names one, else from the network: one whose class
 * says so, a wrapped one and one that is not causal denoise, a plain one is taken as autoregressive. Nothing is guessed from
 * names or paths, and nothing may contradict `config.json`.
 *
 * @param sources strongest first
 * @throws HarnessError when a network that is not causal is to answer left to right, a diffusion model has no mask id or no block
 *   length where it needs one, a mask id is not a row of the vocabulary, a source contradicts `config.json`, or a flag gives an
 *   autoregressive model what only diffusion has: 'bad-arguments', or 'bad-checkpoint' where a file is to blame
 */
export function resolveAnswering(folder: string, network: Network, said: readonly AnsweringSource[]): ModelOptions {
  const { layout, causal, answering = {}, own = null } = network;
  requireAgreement(
    folder,
    said,
    own === null ? answering : { ...answering, shift: false, blockLength: own.blockLength },
  );
  const sources: readonly AnsweringSource[] = [...said, { from: 'config.json', choices: answering }];
  const standard = layout === 'wrapper' || !causal ? 'diffusion' : 'autoregressive';
  const family = firstOf(sources, 'family')?.value ?? standard;
  const mask = firstOf(sources, 'maskId');
  if (family === 'autoregressive') {
    refuseFlags(folder, sources);
    if (!causal) {
      const what = `${folder}: this network cannot be read left to right`;
      throw new HarnessError('bad-arguments', what, leaveOut('family', firstOf(sources, 'family')?.from ?? 'flag'));
    }
    return { family, maskId: null, shift: true };
  }
  if (own !== null) {
    const blocks = own.blockLength === undefined ? {} : { blockLength: own.blockLength };
    return { family, maskId: ownMask(folder, own, mask), shift: false, ...blocks };
  }
  const maskId = requireMaskId(folder, network, mask);
  const shift = firstOf(sources, 'shift')?.value ?? causal;
  const blockLength = firstOf(sources, 'blockLength')?.value;
  if (blockLength !== undefined) return { family, maskId, shift, blockLength };
  if (answering.blockLength === undefined) return { family, maskId, shift };
  const hint = 'add --block-length N, or "blockLength": N in bench.json';
  throw badArguments(`${folder}: it denoises block by block, but nothing says how long a block is`, hint);
}

const WORDS = { family: 'family', maskId: 'mask id', shift: 'shift', blockLength: 'block length' } as const;
const FLAGS = { family: '--family', maskId: '--mask-id', shift: '--shift', blockLength: '--block-length' } as const;

/** @throws HarnessError where a source says another thing than `config.json` */
function requireAgreement(folder: string, sources: readonly AnsweringSource[], answering: ClassAnswering): void {
  for (const key of Object.keys(WORDS) as (keyof typeof WORDS)[]) {
    const fixed = answering[key];
    const other = firstOf(sources, key);
    if (fixed == null || other === undefined || other.value === fixed) continue;
    const code = other.from === 'flag' ? 'bad-arguments' : 'bad-checkpoint';
    const said = `${WORDS[key]} ${spelt(other.value)} (${other.from})`;
    throw new HarnessError(code, `${folder}: ${said}, but config.json says ${spelt(fixed)}`, leaveOut(key, other.from));
  }
}

/** What to do about a source that says another thing than the files of the network. */
function leaveOut(key: keyof typeof WORDS, from: AnsweringSource['from']): { readonly hint: string } {
  if (from === 'flag') return { hint: `leave ${FLAGS[key]} out` };
  if (from === 'bench.json') return { hint: `correct "${key}" in bench.json, or remove it` };
  return { hint: OTHER_MODEL };
}

/** Of the catalog's entry, or of a weight file beside its `config.json`. */
const OTHER_MODEL = 'these are files of another model: name their folder by its path, or fetch the right ones';

const spelt = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value));

function refuseFlags(folder: string, sources: readonly AnsweringSource[]): void {
  for (const key of ['maskId', 'blockLength'] as const) {
    if (firstOf(sources, key)?.from !== 'flag') continue;
    const hint = `add --family diffusion, or leave ${FLAGS[key]} out`;
    throw badArguments(`${folder}: a ${WORDS[key]} is given for an autoregressive model`, hint);
  }
}

function requireMaskId(
  folder: string,
  { vocabularyRows }: Network,
  mask: { readonly from: AnsweringSource['from']; readonly value: number } | undefined,
): number {
  if (mask === undefined) {
    const hint =
      'add --mask-id N, or "maskId": N in bench.json (published: 10541 DiffuGPT-S, 50257 DiffuGPT-M, 811 DiffuLLaMA)';
    throw badArguments(`${folder}: a diffusion model, but nothing says which token is its mask`, hint);
  }
  if (Number.isInteger(mask.value) && mask.value >= 0 && mask.value < vocabularyRows) return mask.value;
  const code = mask.from === 'bench.json' || mask.from === 'config.json' ? 'bad-checkpoint' : 'bad-arguments';
  const found = `mask id ${mask.value} (${mask.from}) is no token`;
  const hint = mask.from === 'catalog' ? OTHER_MODEL : "name the mask with --mask-id N; the model's card has it";
  throw new HarnessError(code, `${folder}: ${found}; the vocabulary has ${vocabularyRows} rows`, { hint });
}

/** The mask that a network's own files fix. @throws HarnessError where something says another */
function ownMask(
  folder: string,
  { maskId }: Pick<OwnDiffusion, 'maskId'>,
  said: { readonly from: AnsweringSource['from']; readonly value: number } | undefined,
): number | null {
  if (said === undefined || said.value === maskId) return maskId;
  const fixed = maskId === null ? 'its diffusion masks nothing' : `the mask of this network is ${maskId}`;
  const code = said.from === 'bench.json' ? 'bad-checkpoint' : 'bad-arguments';
  const hint = leaveOut('maskId', said.from);
  throw new HarnessError(code, `${folder}: mask id ${said.value} (${said.from}), but ${fixed}`, hint);
}

function firstOf<Key extends keyof ModelOptions>(sources: readonly AnsweringSource[], key: Key) {
  for (const { from, choices } of sources) {
    const value = choices[key];
    if (value != null) return { from, value: value as NonNullable<ModelOptions[Key]> };
  }
  return undefined;
}
