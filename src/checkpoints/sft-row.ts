/** `sft` of `bench.json` and of the catalog: the row layout that a checkpoint was fine-tuned with. */
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';
import type { SftRow } from '../core/sft-row.ts';
import type { Checkpoint } from './checkpoint.ts';

const id = z.int().nonnegative();

/** See `core/sft-row.ts` for what the fields mean. */
export const sftRowSchema = z.strictObject({
  bosId: id.nullable(),
  sepId: id.nullable(),
  eosId: id,
  padId: id.nullable(),
  splitDigits: z.boolean().default(false),
  hiddenIds: z.array(id).readonly().default([]),
});
/** As written in a file: `splitDigits` and `hiddenIds` may be left out. */
export type SftRowJson = z.input<typeof sftRowSchema>;

/** What one source says about the row; undefined where it says nothing. */
export interface SftSource {
  readonly from: 'bench.json' | 'catalog';
  readonly sft: SftRow | undefined;
}

/**
 * The row of the strongest source that has one, whole: blocks of two sources are never mixed.
 *
 * @param sources strongest first
 * @returns null where no source has one
 * @throws HarnessError 'bad-checkpoint' for an id that is no row of the vocabulary
 */
export function resolveSftRow(folder: string, vocabularyRows: number, sources: readonly SftSource[]): SftRow | null {
  const found = sources.find(({ sft }) => sft !== undefined);
  if (found?.sft === undefined) return null;
  const { bosId, sepId, eosId, padId, hiddenIds } = found.sft;
  const ids = Object.entries({ bosId, sepId, eosId, padId });
  const stranger = [...ids, ...hiddenIds.map((each) => ['hiddenIds', each] as const)].find(
    ([, each]) => each !== null && each >= vocabularyRows,
  );
  if (stranger === undefined) return found.sft;
  throw new HarnessError(
    'bad-checkpoint',
    `${folder}: sft.${stranger[0]} ${stranger[1]} (${found.from}) is no token; the vocabulary has ${vocabularyRows} rows`,
  );
}

/**
 * The row in which a model is asked what it was fine-tuned for. An autoregressive model of which nothing is known reads the
 * question and goes on: no BOS, no separator, until the tokenizer's EOS, as the published baselines.
 *
 * @param eosId of the tokenizer
 * @throws HarnessError 'bad-arguments' where the row cannot be known
 */
export function requireSftRow(
  { name, folder, options, sft }: Pick<Checkpoint, 'name' | 'folder' | 'options' | 'sft'>,
  eosId: number | null,
): SftRow {
  if (sft !== null) return sft;
  const example = '"sft": {"bosId": N or null, "sepId": N or null, "eosId": N, "padId": N or null}';
  const hint = `add ${example}, with ids of its vocabulary, to ${join(folder, 'bench.json')}`;
  if (options.family === 'diffusion') {
    throw new HarnessError(
      'bad-arguments',
      `${name}: a diffusion model is asked in the row it was fine-tuned on, but nothing says which tokens that row has`,
      { hint },
    );
  }
  if (eosId === null) {
    throw new HarnessError('bad-arguments', `${name}: its tokenizer has no EOS, so nothing says where an answer ends`, {
      hint,
    });
  }
  return { bosId: null, sepId: null, eosId, padId: null, splitDigits: false, hiddenIds: [] };
}
