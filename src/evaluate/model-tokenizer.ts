/** The tokenizer that goes with a checkpoint. */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { createTokenizer } from '../tokenizers/create-tokenizer.ts';
import { ggufTokenizerDefinition } from '../tokenizers/gguf-definition.ts';
import { loadTokenizer } from '../tokenizers/load.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';

/**
 * That of the folder that the user named; else of the checkpoint's folder; else the one in the metadata of its weight file.
 *
 * @param named folder of a tokenizer; null where none was named
 * @returns null where there is none
 * @throws HarnessError as `loadTokenizer` and `ggufTokenizerDefinition`
 */
export async function modelTokenizer(checkpoint: Checkpoint, named: string | null): Promise<Tokenizer | null> {
  const found = await loadTokenizer(named ?? checkpoint.folder);
  if (found !== null || named !== null || checkpoint.tokenizer === null) return found;
  const definition = ggufTokenizerDefinition(checkpoint.tokenizer, checkpoint.name);
  return definition === null ? null : createTokenizer(definition);
}
