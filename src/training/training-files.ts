/** Names of what lies in `training` beside a trained model. */
export const TRAINING_FILES = {
  run: 'run.json',
  config: 'config.json',
  state: 'state.safetensors',
  metrics: 'metrics.jsonl',
} as const;
