/** What runs are made of. */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { Shots } from '../core/few-shot.ts';
import type { TaskPlugin } from '../core/task.ts';
import type { LoadedTask } from '../datasets/load-task.ts';
import type { ChosenItems } from '../runner/chosen-items.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { RunOptions } from './options.ts';

/** A model, its weights not loaded yet. */
export interface ModelFiles {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
}

/** Examples in front of questions. */
export interface LoadedShots extends Shots<unknown> {
  /** Name of their data source, such as `gsm8k-natural-train/jsonl`; `fixture`; `file` for one that was named. */
  readonly source: string;
}

/** A task with its rows. */
export interface TaskRows {
  readonly task: TaskPlugin;
  readonly loaded: LoadedTask<unknown>;
  /** Examples in front of its questions; null = none. */
  readonly shots: LoadedShots | null;
  /** The rows that are asked; absent or null = all. */
  readonly chosen?: ChosenItems | null;
}

/** A run whose units others compute: what they need beside its manifest. */
export interface RunToAnswer {
  /** As typed after `--models`. */
  readonly model: string;
  readonly task: string;
  readonly options: RunOptions;
  readonly unitSize: number;
}
