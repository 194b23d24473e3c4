/** How a checkpoint answers: flags, `bench.json` in its folder, the catalog, its weight file, what its layout tells; the first that speaks. */
import { join } from 'node:path';
import { z } from 'zod';
import type { OwnDiffusion } from '../architectures/architecture.ts';
import { badCheckpoint, HarnessError, quoted } from '../core/errors.ts';
import { sftRowSchema } from '../core/sft-row.ts';
import { nearest } from '../core/text/nearest.ts';
import { isFile } from '../files/file-bytes.ts';
import { parseBySchema, readJsonFile } from '../files/json-file.ts';
import type { Layout, ModelOptions } from './checkpoint.ts';

/** What one source says; undefined or null where it says nothing. */
export type AnsweringChoices = { readonly [Key in keyof ModelOptions]?: ModelOptions[Key] | null | undefined };

/** Choices and where they come from, strongest source first in a list. */
export interface AnsweringSource {
  readonly from: 'flag' | 'bench.json' | 'catalog' | 'weight file';
  readonly choices: AnsweringChoices;
}

const benchJsonSchema = z.strictObject({
  family: z.enum(['autoregressive', 'diffusion']).optional(),
  maskId: z.int().nonnegative().nullable().optional(),
  shift: z.boolean().optional(),
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

/**
 * Settles how a model answers. The family comes from the first source that names one, else from the layout: a wrapped
 * network was adapted to diffusion, a plain one is taken as autoregressive, as far as it is causal. Nothing is guessed from names or paths.
 *
 * @param sources strongest first
 * @param causal  whether the network can be read left to right; one that cannot denoises, and predicts tokens in place
 * @param own     the diffusion that the network was made for: it fixes the mask, or that there is none; null: adapted
 * @throws HarnessError when a network that is not causal is to answer left to right, when a diffusion model has no mask id, a mask id is not a row of the vocabulary, or a flag gives a
 *   mask id to an autoregressive model: 'bad-arguments', or 'bad-checkpoint' where a file is to blame
 */
export function resolveAnswering(
  folder: string,
  layout: Layout,
  vocabularyRows: number,
  sources: readonly AnsweringSource[],
  causal = true,
  own: Pick<OwnDiffusion, 'maskId'> | null = null,
): ModelOptions {
  const standard = layout === 'wrapper' || !causal ? 'diffusion' : 'autoregressive';
  const family = firstOf(sources, 'family')?.value ?? standard;
  const mask = firstOf(sources, 'maskId');
  if (family === 'autoregressive') {
    if (mask?.from === 'flag') {
      throw new HarnessError('bad-arguments', `${folder}: a mask id is given for an autoregressive model`, {
        hint: 'add --family diffusion, or leave --mask-id out',
      });
    }
    if (!causal) throw new HarnessError('bad-arguments', `${folder}: this network cannot be read left to right`);
    return { family, maskId: null, shift: true };
  }
  if (own !== null) return { family, maskId: ownMask(folder, own, mask), shift: false };
  if (mask === undefined) {
    throw new HarnessError('bad-arguments', `${folder}: a diffusion model, but nothing says which token is its mask`, {
      hint: 'add --mask-id N, or "maskId": N in bench.json (published: 10541 DiffuGPT-S, 50257 DiffuGPT-M, 811 DiffuLLaMA)',
    });
  }
  if (!Number.isInteger(mask.value) || mask.value < 0 || mask.value >= vocabularyRows) {
    const code = mask.from === 'bench.json' ? 'bad-checkpoint' : 'bad-arguments';
    throw new HarnessError(
      code,
      `${folder}: mask id ${mask.value} (${mask.from}) is no token; the vocabulary has ${vocabularyRows} rows`,
    );
  }
  return { family, maskId: mask.value, shift: firstOf(sources, 'shift')?.value ?? causal };
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
  throw new HarnessError(code, `${folder}: mask id ${said.value} (${said.from}), but ${fixed}`);
}

function firstOf<Key extends keyof ModelOptions>(sources: readonly AnsweringSource[], key: Key) {
  for (const { from, choices } of sources) {
    const value = choices[key];
    if (value != null) return { from, value: value as NonNullable<ModelOptions[Key]> };
  }
  return undefined;
}
