/** What a training run begins with: network, weights, tokenizer, mask and row layout. */
import type { Architecture } from '../../architectures/architecture.ts';
import { kindOf, netOfShape, ownDiffusion } from '../../architectures/index.ts';
import type { Checkpoint, ModelOptions } from '../../checkpoints/checkpoint.ts';
import { openModel } from '../../checkpoints/open.ts';
import { badArguments, HarnessError, notSupported } from '../../core/errors.ts';
import type { Family } from '../../core/question.ts';
import type { SftRow } from '../../core/sft-row.ts';
import { digestOf } from '../../core/text/digest.ts';
import { nearest } from '../../core/text/nearest.ts';
import type { Weights } from '../../tensor/ops.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { type Parameters, randomParameters, readParameters, withMaskRow } from '../initial-parameters.ts';
import type { TrainingOptions } from './options.ts';
import {
  MASK_NAMES,
  makeTokenizer,
  NEW_MASK,
  PAD_NAMES,
  readTokenizer,
  SEPARATOR_NAMES,
  type UnwrittenTokenizer,
  withNewMask,
} from './tokenizer.ts';

export interface StartingModel extends Pick<ModelOptions, 'family' | 'maskId' | 'shift'> {
  /** With the row of a new mask token, if there is one. */
  readonly architecture: Architecture;
  readonly tokenizer: Tokenizer;
  /** What will stand beside the weights. */
  readonly tokenizerFiles: UnwrittenTokenizer['files'];
  readonly sft: SftRow;
  /** SHA-256 of the weights that training begins with, or of what they are drawn from. */
  readonly digest: string;
  /** Weights in the files of the checkpoint that training begins with; none where it begins from scratch. */
  readonly files: Weights;
  /** Reads or draws the weights. */
  parameters(): Promise<Parameters>;
}

/**
 * Opens what was asked for. Writes nothing.
 *
 * @param words that a new word-level vocabulary has in any case
 * @throws HarnessError when the checkpoint, its tokenizer or the mask cannot be had
 */
export async function startingModel(options: TrainingOptions, words: readonly string[]): Promise<StartingModel> {
  return options.init === null ? fromScratch(options, words) : fromCheckpoint(options, options.init);
}

async function fromCheckpoint(options: TrainingOptions, init: string): Promise<StartingModel> {
  const checkpoint = await openModel(init, {});
  const family = options.family ?? checkpoint.options.family;
  requireAdaptable(checkpoint, family);
  const base = await readTokenizer(checkpoint.folder);
  const known = checkpoint.options.maskId;
  const rows = checkpoint.architecture.vocabularyRows;
  const mask = family === 'diffusion' ? maskOf(options.maskToken, known, base.tokenizer, rows) : null;
  const isNew = mask === rows;
  const { tokenizer, files } = isNew ? await withNewMask(checkpoint.folder, base.files, rows) : base;
  return {
    ...(await withMask(checkpoint.architecture, mask, options.seed, () => readParameters(checkpoint.tensors))),
    family,
    shift: options.shift ?? checkpoint.options.shift,
    tokenizer,
    tokenizerFiles: files,
    sft: rowLayout(checkpoint, family, tokenizer),
    digest: await checkpoint.digest(),
    files: checkpoint.tensors,
  };
}

/** @throws HarnessError 'not-supported' for a network that is trained by a loss, or with an attention, that is not implemented */
function requireAdaptable({ name, architecture, options }: Checkpoint, family: Family): void {
  const refuse = (what: string) => notSupported(`${name}: ${architecture.kind} ${what}`);
  if (ownDiffusion(architecture) !== null) throw refuse('has a loss of its own, in which bench does not train');
  if (options.blockLength !== undefined) throw refuse('denoises block by block, in which bench does not train');
  if (family === 'autoregressive' && !kindOf(architecture).causal) throw refuse('cannot be read left to right');
}

async function fromScratch(options: TrainingOptions, words: readonly string[]): Promise<StartingModel> {
  const { arch, seed } = options;
  if (arch === null) throw new TypeError('a model from scratch needs a shape');
  const family = options.family ?? 'autoregressive';
  const { tokenizer, files } = await makeTokenizer(options, arch.context, words);
  const architecture = netOfShape(arch, tokenizer.size);
  const mask = family === 'diffusion' ? maskOf(options.maskToken, null, tokenizer, tokenizer.size) : null;
  return {
    ...(await withMask(architecture, mask, seed, async () => randomParameters(architecture, seed))),
    family,
    shift: options.shift ?? true,
    tokenizer,
    tokenizerFiles: files,
    sft: rowLayout(null, family, tokenizer),
    digest: digestOf({ architecture, seed }),
    files: new Map(),
  };
}

async function withMask(
  architecture: Architecture,
  maskId: number | null,
  seed: number,
  parameters: () => Promise<Parameters>,
): Promise<Pick<StartingModel, 'architecture' | 'maskId' | 'parameters'>> {
  const rows = architecture.vocabularyRows;
  if (maskId !== rows) return { architecture, maskId, parameters };
  return {
    architecture: { ...architecture, vocabularyRows: rows + 1 },
    maskId,
    parameters: async () => withMaskRow(await parameters(), architecture, seed),
  };
}

/** The id of the mask; the number of rows stands for a new one. */
function maskOf(asked: string | null, known: number | null, tokenizer: Tokenizer, rows: number): number {
  if (asked === 'new') return rows;
  if (asked === null) return known ?? firstId(tokenizer, MASK_NAMES) ?? rows;
  const id = /^\d+$/.test(asked) ? Number(asked) : tokenizer.id(asked);
  if (id !== null && id < rows) return id;
  const near = nearest(asked, [...MASK_NAMES, 'new']);
  const hint = near === null ? `--mask-token new adds ${NEW_MASK} to the vocabulary` : `did you mean ${near}?`;
  throw badArguments(`--mask-token: expected a token, an id below ${rows}, or new, found ${asked}`, hint);
}

/** That of the checkpoint, where the family stays; else BOS and separator for diffusion only, as published. */
function rowLayout(checkpoint: Checkpoint | null, family: Family, tokenizer: Tokenizer): SftRow {
  if (checkpoint?.sft != null && checkpoint.options.family === family) return checkpoint.sft;
  const { eosId } = tokenizer;
  if (eosId === null) {
    const message = 'training needs a tokenizer with an EOS token, this one has none';
    throw new HarnessError('missing-tokenizer', message, { hint: 'name one as "eos_token" in tokenizer_config.json' });
  }
  if (family === 'autoregressive') {
    return { bosId: null, sepId: null, eosId, padId: null, splitDigits: false, hiddenIds: [] };
  }
  const sepId = firstId(tokenizer, SEPARATOR_NAMES);
  const padId = firstId(tokenizer, PAD_NAMES);
  const isShown = (id: number | null): id is number =>
    id !== null && tokenizer.decode([id], { skipSpecialTokens: true }) !== '';
  return {
    bosId: tokenizer.bosId ?? eosId,
    sepId,
    eosId,
    padId,
    splitDigits: false,
    hiddenIds: [sepId, padId].filter(isShown),
  };
}

function firstId(tokenizer: Tokenizer, names: readonly string[]): number | null {
  for (const name of names) {
    const id = tokenizer.id(name);
    if (id !== null) return id;
  }
  return null;
}
