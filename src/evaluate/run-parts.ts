/** What runs are made of. */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { TaskPlugin } from '../core/task.ts';
import type { LoadedTask } from '../datasets/load-task.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';

/** A model, its weights not loaded yet. */
export interface ModelFiles {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
}

/** A task with its rows. */
export interface TaskRows {
  readonly task: TaskPlugin;
  readonly loaded: LoadedTask<unknown>;
}
