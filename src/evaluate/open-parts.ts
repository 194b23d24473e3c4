/** From what the user typed about a model to its checkpoint and tokenizer. */
import { openModel } from '../checkpoints/open.ts';
import { HarnessError } from '../core/errors.ts';
import type { ModelOverrides } from '../options/shared.ts';
import { loadTokenizer } from '../tokenizers/load.ts';
import type { ModelFiles } from './model-files.ts';

/**
 * Opens a model by catalog name or path, with the tokenizer that the user named, else its own.
 *
 * @throws HarnessError 'unknown-name', 'missing-checkpoint', 'bad-checkpoint'; 'missing-tokenizer' when there is none
 */
export async function openModelFiles(model: string, overrides: ModelOverrides): Promise<ModelFiles> {
  const checkpoint = await openModel(model, overrides);
  const where = overrides.tokenizer ?? checkpoint.folder;
  const tokenizer = await loadTokenizer(where);
  if (tokenizer !== null) return { checkpoint, tokenizer };
  throw new HarnessError('missing-tokenizer', `expected tokenizer files in ${where}, found none`, {
    hint: 'put tokenizer.json there, or name a folder that has it with --tokenizer DIR',
  });
}
