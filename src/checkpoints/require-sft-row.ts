import { join } from 'node:path';
import { badArguments, HarnessError } from '../core/errors.ts';
import type { SftRow } from '../core/sft-row.ts';
import type { Checkpoint } from './checkpoint.ts';

type RowOwner = Pick<Checkpoint, 'name' | 'folder' | 'architecture' | 'options' | 'sft' | 'endIds'>;

/**
 * The row in which a model is asked what it was fine-tuned for. An autoregressive model of which nothing is known reads the
 * question and goes on: no BOS, no separator, until the tokenizer's EOS, or that of the checkpoint, as the published baselines.
 *
 * @param ofTokenizer its EOS
 * @throws HarnessError 'bad-arguments' where the row cannot be known, 'bad-checkpoint' for an id that is no row of the vocabulary
 */
export function requireSftRow(
  { name, folder, architecture, options, sft, endIds }: RowOwner,
  ofTokenizer: number | null,
): SftRow {
  if (sft !== null) return withinVocabulary(sft, architecture.vocabularyRows, name);
  const example = '"sft": {"bosId": N or null, "sepId": N or null, "eosId": N, "padId": N or null}';
  const hint = `add ${example}, with ids of its vocabulary, to ${join(folder, 'bench.json')}`;
  if (options.family === 'diffusion') {
    throw badArguments(
      `${name}: a diffusion model is asked in the row it was fine-tuned on, but nothing says which tokens that row has`,
      hint,
    );
  }
  const eosId = ofTokenizer ?? endIds[0] ?? null;
  if (eosId === null) {
    const what = 'neither it nor its tokenizer has an EOS, so nothing says where an answer ends';
    throw badArguments(`${name}: ${what}`, hint);
  }
  return { bosId: null, sepId: null, eosId, padId: null, splitDigits: false, hiddenIds: [] };
}

function withinVocabulary(row: SftRow, vocabularyRows: number, name: string): SftRow {
  const { bosId, sepId, eosId, padId, hiddenIds } = row;
  const named = Object.entries({ bosId, sepId, eosId, padId });
  for (const [field, each] of [...named, ...hiddenIds.map((hidden) => ['hiddenIds', hidden] as const)]) {
    if (each === null || each < vocabularyRows) continue;
    const rows = `the vocabulary has ${vocabularyRows} rows`;
    throw new HarnessError('bad-checkpoint', `${name}: sft.${field} ${each} is no token; ${rows}`);
  }
  return row;
}
