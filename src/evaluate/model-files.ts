import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';

/** A model, its weights not loaded yet. */
export interface ModelFiles {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
}
